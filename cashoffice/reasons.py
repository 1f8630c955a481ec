"""Reasons of cash vouchers that every hospital starts with; it may rename them, add others and end them."""

# code, direction, key of the account, limited, English, Khmer, Chinese
REASONS = [
    ("SUPPLIES", "out", "expense.supplies", True, "Small supplies", "សម្ភារប្រើប្រាស់តូចតាច", "零星用品"),
    ("TRANSPORT", "out", "expense.transport", True, "Transport", "ថ្លៃធ្វើដំណើរ", "交通费"),
    ("REPAIRS", "out", "expense.repairs", True, "Small repairs", "ថ្លៃជួសជុលតូចតាច", "零星维修"),
    ("OTHER-OUT", "out", "expense.other", True, "Other expense", "ចំណាយផ្សេងៗ", "其他支出"),
    ("TO-SAFE", "out", "safe", False, "Cash drop to the safe", "ដាក់សាច់ប្រាក់ចូលទូដែក", "现金存入保险柜"),
    ("FROM-SAFE", "in", "safe", True, "Change from the safe", "យកប្រាក់អាប់ពីទូដែក", "从保险柜取零钱"),
    ("OTHER-IN", "in", "other_income", True, "Other cash received", "ទទួលសាច់ប្រាក់ផ្សេងៗ", "其他现金收入"),
]
