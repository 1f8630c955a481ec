"""The forms in which claims leave the house and answers come in; docs/insurance.md describes them."""
