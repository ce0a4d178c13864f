namespace PaymentEngine.Messages.Csv;

/// <summary>The stable codes of everything a register file can be refused or warned for. schemas/import/README.md says what to do about each.</summary>
public static class RegisterRefusals
{
    // The file as a whole.
    public const string FileEmpty = "file.empty";
    public const string FileTooLarge = "file.too_large";
    public const string FileKindUnknown = "file.kind_unknown";
    public const string FileOtherKind = "file.other_kind";
    public const string EncodingUtf16 = "encoding.utf16";
    public const string EncodingNotUtf8 = "encoding.not_utf8";
    public const string ColumnUnknown = "column.unknown";
    public const string ColumnMissing = "column.missing";
    public const string ColumnTwice = "column.twice";
    public const string ColumnsTooMany = "columns.too_many";

    // The shape of a row or cell.
    public const string RowFieldsCount = "row.fields_count";
    public const string RowQuotes = "row.quotes";
    public const string RowTooLong = "row.too_long";
    public const string RowTwice = "row.twice";
    public const string CellEmpty = "cell.empty";
    public const string CellTooLong = "cell.too_long";
    public const string TextControl = "text.control";
    public const string TextInvisible = "text.invisible";
    public const string TextOtherScript = "text.other_script";
    public const string TextOldEncoding = "text.old_encoding";
    public const string IdMalformed = "id.malformed";
    public const string DateMalformed = "date.malformed";
    public const string DateNotReal = "date.not_real";
    public const string MonthMalformed = "month.malformed";
    public const string BirthMalformed = "birth.malformed";
    public const string YesNoMalformed = "yes_no.malformed";
    public const string ChoiceUnknown = "choice.unknown";
    public const string IntegerMalformed = "integer.malformed";
    public const string IntegerOutOfRange = "integer.out_of_range";
    public const string HalfYearsMalformed = "half_years.malformed";
    public const string AmountSeparators = "amount.separators";
    public const string AmountMalformed = "amount.malformed";
    public const string AmountNotPositive = "amount.not_positive";

    // What the cells say.
    public const string IdNumberMalformed = "id_number.malformed";
    public const string ProvinceUnknown = "province.unknown";
    public const string CommuneMalformed = "commune_code.malformed";
    public const string AreaCodeMalformed = "area_code.malformed";
    public const string CategoryUnknown = "category.unknown";
    public const string StandardUnknown = "standard.unknown";
    public const string BankUnknown = "bank.unknown";
    public const string BankBinMalformed = "bank_bin.malformed";
    public const string AccountMalformed = "account_number.malformed";
    public const string AccountMissing = "account.missing";
    public const string PeriodBackwards = "period.backwards";
    public const string DeathBeforeBirth = "death.before_birth";
    public const string CertificateBeforeBirth = "person.certificate_before_birth";
    public const string PersonSame = "person.same";
    public const string AboutMissing = "about_person.missing";
    public const string ScopeTwice = "scope.twice";
    public const string SuspensionWithoutStart = "suspension.without_start";
    public const string SpecialBelow81 = "special.below_81";
    public const string ChildrenMoreThanBirths = "children.more_than_births";
    public const string CommunesMissing = "payer.communes_missing";

    // Between files.
    public const string PersonUnknown = "person.unknown";
    public const string AwardUnknown = "award.unknown";
    public const string AwardOtherPerson = "award.other_person";

    // Against the tree of administrative units.
    public const string CommuneNotOnDate = "commune_code.not_on_date";

    // Warnings: said, never refused.
    public const string IdNumberPrefix = "id_number.prefix_unknown";
    public const string AccountKind = "account.kind_not_at_provider";
    public const string AccountPhone = "account_number.not_a_phone";
    public const string BankGone = "bank.gone";
    public const string BankNotYet = "bank.not_yet";
    public const string IdNumberSex = "id_number.sex_differs";
    public const string IdNumberBirthYear = "id_number.birth_year_differs";
    public const string IdNumberShared = "id_number.shared";
}
