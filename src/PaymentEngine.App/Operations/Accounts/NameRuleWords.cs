using PaymentEngine.App.CommandLine;
using PaymentEngine.Core.Recipients.Names;

namespace PaymentEngine.App.Operations.Accounts;

/// <summary>The rule that decided about two names, in words for people.</summary>
static class NameRuleWords
{
    /// <summary>In the reader's language; a code that no rule has is shown as it is.</summary>
    public static string Of(CommandContext context, string code) => NameRules.FromCode(code) is { } rule ? context.Text(Vietnamese(rule), English(rule)) : code;

    public static string Vietnamese(NameRule rule) => rule switch
    {
        NameRule.Exact => "trùng khớp",
        NameRule.ExactUnaccented => "trùng khớp, một bên không dấu",
        NameRule.Title => "có danh xưng đứng trước",
        NameRule.LetterIOrY => "i và y",
        NameRule.WordBreaks => "khác khoảng trắng",
        NameRule.TypingCodes => "còn phím gõ dấu (Telex, VNI)",
        NameRule.MarksPartlyLost => "mất một phần dấu",
        NameRule.OtherOrder => "tên đứng trước họ",
        NameRule.CutOff => "bị cắt ở cuối",
        NameRule.JointHolder => "tài khoản chung, một trong hai chủ",
        NameRule.LostLetters => "mất chữ có dấu",
        NameRule.OneTypo => "một lỗi gõ",
        NameRule.AccentsDiffer => "khác dấu",
        NameRule.Ambiguous => "khớp với hơn một người",
        NameRule.Initials => "viết tắt chữ đầu",
        NameRule.MissingWord => "thiếu một chữ",
        NameRule.OneLetter => "khác một chữ cái",
        NameRule.WordsReordered => "đảo thứ tự chữ",
        NameRule.TooMuchLost => "mất quá nhiều chữ",
        NameRule.Different => "tên khác",
        NameRule.ForeignLetters => "có chữ cái ngoài bảng Latin",
        NameRule.Unreadable => "không đọc được",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, null),
    };

    public static string English(NameRule rule) => rule switch
    {
        NameRule.Exact => "the same name",
        NameRule.ExactUnaccented => "the same name, one side without marks",
        NameRule.Title => "a form of address before it",
        NameRule.LetterIOrY => "i and y",
        NameRule.WordBreaks => "other word breaks",
        NameRule.TypingCodes => "keys of a typing method left in it",
        NameRule.MarksPartlyLost => "some marks were lost",
        NameRule.OtherOrder => "the given name stands first",
        NameRule.CutOff => "cut off at its end",
        NameRule.JointHolder => "one of two holders",
        NameRule.LostLetters => "letters with marks were lost",
        NameRule.OneTypo => "one slip of the pen",
        NameRule.AccentsDiffer => "the marks differ",
        NameRule.Ambiguous => "it fits more than one person",
        NameRule.Initials => "initials only",
        NameRule.MissingWord => "a word is missing",
        NameRule.OneLetter => "one letter differs",
        NameRule.WordsReordered => "the words stand in another order",
        NameRule.TooMuchLost => "too much was lost",
        NameRule.Different => "another name",
        NameRule.ForeignLetters => "letters of another script",
        NameRule.Unreadable => "it cannot be read",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, null),
    };
}
