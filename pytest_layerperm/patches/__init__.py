"""What else is changed in this process while a fake is on; each module undoes what it did."""
