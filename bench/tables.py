"""What is known about the tools that did the damage: what they annotate and how, and what they convert.

Tables only. All was read off real pages; what no page shows, and was therefore chosen, is said beside it.
They stand apart from the package's own on purpose: a measure must not share the mistakes of what it measures.
"""

# The order in which family 1 annotates: a page's subset is nearly a prefix of this line. It is taken for the
# order of application too: 數 before 當 is proved by a page, and nothing seen speaks against the rest.
FAMILY_1 = (
    "創藍優統規環絡鎮監區聯達穩遠戰結協態衛鄉續轉習發產經業現網數調質風學預據內權細礎醫術節構關應領營運導標設獻務進級護團復準"
    "實識濟當機認點驅個萬強會計時驗對費項沒動嚴書紀問報號臺隊無詩堅語過場請簡評國說爭測勢長來頁陽競觀開稱見線話寫戶專車訪類著"
)

# The set of family 2. Its order of application is not known: this is merely the order it was noted down in.
FAMILY_2 = "來個動務問學專態時書會業沒無環產畫發稱經網線聯萬著術觀訪詩話語說進過長開關類風點"

# Seen annotated, and in neither line above; their place in the order is not known.
STRAYS = "責財擔價擴譽訓"

# One reading a character, whatever the context. 長, 著 and nearly sixty others are seen on pages; the rest is
# the first reading in pypinyin, so that 調 and others which have several are a guess.
_READINGS = """
創chuàng 藍lán 優yōu 統tǒng 規guī 環huán 絡luò 鎮zhèn 監jiān 區qū 聯lián 達dá 穩wěn 遠yuǎn 戰zhàn 結jié
協xié 態tài 衛wèi 鄉xiāng 續xù 轉zhuǎn 習xí 發fā 產chǎn 經jīng 業yè 現xiàn 網wǎng 數shù 調diào 質zhì
風fēng 學xué 預yù 據jù 內nèi 權quán 細xì 礎chǔ 醫yī 術shù 節jié 構gòu 關guān 應yīng 領lǐng 營yíng 運yùn
導dǎo 標biāo 設shè 獻xiàn 務wù 進jìn 級jí 護hù 團tuán 復fù 準zhǔn 實shí 識shí 濟jì 當dāng 機jī 認rèn
點diǎn 驅qū 個gè 萬wàn 強qiáng 會huì 計jì 時shí 驗yàn 對duì 費fèi 項xiàng 沒méi 動dòng 嚴yán 書shū 紀jì
問wèn 報bào 號hào 臺tái 隊duì 無wú 詩shī 堅jiān 語yǔ 過guò 場chǎng 請qǐng 簡jiǎn 評píng 國guó 說shuō
爭zhēng 測cè 勢shì 長cháng 來lái 頁yè 陽yáng 競jìng 觀guān 開kāi 稱chēng 見jiàn 線xiàn 話huà 寫xiě 戶hù
專zhuān 車chē 訪fǎng 類lèi 著zhù 畫huà 責zé 財cái 擔dān 價jià 擴kuò 譽yù 訓xùn
"""
READINGS = {entry[0]: entry[1:] for entry in _READINGS.split()}

# The converter leaves these alone, although OpenCC would turn them. OpenCC itself names the Simplified form
# among the Traditional candidates of each, and each is a common Traditional character (first level of Big5).
# On pages: 于 后 干 余 里 采 占 云 范 斗; the others follow by that rule. 准 划 台 satisfy it, and yet are
# converted on pages.
_AMBIGUOUS = "丑丰于云仆伙余佣几凶占吁吃后咨咸唇夸尸岩岳帘干征愿挂斗朴杠杰涌游皂筑腌范荐虫辟郁采里雇"
# OpenCC would replace these by a rarer variant (羣 牀 峯). On pages: 群 并.
_VARIANTS = "群并床峰秘灶粽痴霉肴"
UNCONVERTED = _AMBIGUOUS + _VARIANTS

# Where the converter's form is not OpenCC's (爲 衆 淨 閒 啓). Seen: 复 着 为 众 净 闲; the rest by analogy.
OTHER_FORMS = dict(zip("复着为众净闲启伪妫沩娴缰钵", "復著為眾凈閑啟偽媯溈嫻韁缽", strict=True))
