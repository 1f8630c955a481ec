"""The chart of accounts and the price list a new hospital starts with; it may rename them and change the codes."""

# key, code, kind, English, Khmer, Chinese
ACCOUNTS = [
    ("safe", "1000", "asset", "Cash office safe", "ទូដែកបេឡា", "财务室保险柜"),
    ("drawer", "1010", "asset", "Cash in drawers", "សាច់ប្រាក់ក្នុងថតបេឡា", "收银抽屉现金"),
    ("bank_transit", "1020", "asset", "Cash on its way to the bank", "សាច់ប្រាក់កំពុងយកទៅធនាគារ", "送存银行途中现金"),
    ("card", "1100", "asset", "Card payments in transit", "ការបង់តាមកាតកំពុងផ្ទេរ", "在途银行卡收款"),
    ("bank", "1110", "asset", "Bank account", "គណនីធនាគារ", "银行账户"),
    ("khqr", "1120", "asset", "KHQR payments in transit", "ការបង់តាម KHQR កំពុងផ្ទេរ", "在途 KHQR 收款"),
    ("stripe", "1130", "asset", "Online card payments in transit", "ការបង់តាមកាតអនឡាញកំពុងផ្ទេរ", "在途网上银行卡收款"),
    ("receivable", "1200", "asset", "Owed by patients", "បំណុលអ្នកជំងឺ", "应收患者款"),
    ("unknown_receipts", "2900", "liability", "Receipts not yet explained", "ប្រាក់ចូលមិនទាន់ស្គាល់ប្រភព", "待查收款"),
    ("exchange", "1900", "asset", "Currency exchange", "ការប្តូររូបិយប័ណ្ណ", "货币兑换"),
    ("deposits", "2100", "liability", "Deposits of patients", "ប្រាក់កក់របស់អ្នកជំងឺ", "患者押金"),
    ("revenue.consultation", "4010", "income", "Consultations", "ចំណូលពិគ្រោះជំងឺ", "诊疗收入"),
    ("revenue.laboratory", "4020", "income", "Laboratory", "ចំណូលមន្ទីរពិសោធន៍", "检验收入"),
    ("revenue.pharmacy", "4030", "income", "Pharmacy", "ចំណូលឱសថស្ថាន", "药房收入"),
    ("revenue.procedure", "4040", "income", "Procedures", "ចំណូលនីតិវិធីព្យាបាល", "治疗收入"),
    ("revenue.imaging", "4050", "income", "Imaging", "ចំណូលថតរូបភាព", "影像收入"),
    ("revenue.ward", "4060", "income", "Wards", "ចំណូលបន្ទប់សម្រាក", "住院收入"),
    ("revenue.vaccination", "4070", "income", "Vaccinations", "ចំណូលចាក់វ៉ាក់សាំង", "疫苗收入"),
    ("revenue.other", "4090", "income", "Other services", "ចំណូលសេវាផ្សេងៗ", "其他服务收入"),
    ("discount", "4900", "income", "Discounts given", "ការបញ្ចុះតម្លៃ", "折扣"),
    ("other_income", "4950", "income", "Other cash income", "ចំណូលសាច់ប្រាក់ផ្សេងៗ", "其他现金收入"),
    ("expense.supplies", "6110", "expense", "Small supplies", "សម្ភារប្រើប្រាស់តូចតាច", "零星用品"),
    ("expense.transport", "6120", "expense", "Transport", "ថ្លៃធ្វើដំណើរ", "交通费"),
    ("expense.repairs", "6130", "expense", "Small repairs", "ថ្លៃជួសជុលតូចតាច", "零星维修"),
    ("expense.other", "6190", "expense", "Other petty expenses", "ចំណាយតូចតាចផ្សេងៗ", "其他零星支出"),
    ("bank_fees", "6210", "expense", "Bank and card fees", "ថ្លៃសេវាធនាគារ និងកាត", "银行及刷卡手续费"),
    ("rounding", "6900", "expense", "Cash rounding", "ការបង្គត់សាច់ប្រាក់", "现金舍入差额"),
    ("over_short", "6910", "expense", "Drawer differences", "លើសខ្វះក្នុងថតបេឡា", "长短款"),
]
PRICE_LIST = ("STANDARD", "Standard prices", "តារាងតម្លៃទូទៅ", "标准价目表")
