"""Reports about money. Every one groups postings of the ledger and opens to the entries behind each of its totals."""
