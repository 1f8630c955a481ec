"""Code lists shared by all hospitals; they live in the public schema and hospitals only read them."""

from terminology.models.division import Division
from terminology.models.edition import Edition
from terminology.models.icd10 import Icd10Code, Icd10Word

__all__ = ["Division", "Edition", "Icd10Code", "Icd10Word"]
