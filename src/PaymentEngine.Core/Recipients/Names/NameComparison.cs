namespace PaymentEngine.Core.Recipients.Names;

/// <summary>The rule that decided about two names, the first that fits from the top. What a rule allows is said by <see cref="NameRules.AcceptanceOf"/>.</summary>
public enum NameRule : byte
{
    /// <summary>The same words in the same order, with the same marks; case, spaces, composed or decomposed letters and the place of a tone do not count.</summary>
    Exact = 1,

    /// <summary>The same words; one side is written without marks, as most banks print. The marks contradict nothing because there are none.</summary>
    ExactUnaccented,

    /// <summary>One side has a form of address (ông, bà, Mr …) before the same name.</summary>
    Title,

    /// <summary>The same word spelt with i or y where Vietnamese allows both (Lý, Lí; Quý, Quí).</summary>
    LetterIOrY,

    /// <summary>Words run together or taken apart: NGUYENTHIHOA, K BROI, Y EBAN.</summary>
    WordBreaks,

    /// <summary>Keys of a typing method left in the name: NGUYEENX THIJ HOAF (Telex), NGUYE6N4 (VNI).</summary>
    TypingCodes,

    /// <summary>Some marks were lost on the way and none was changed: NGUYÊN THI HÔNG.</summary>
    MarksPartlyLost,

    /// <summary>The given name stands first, the family name behind: HOA NGUYEN THI.</summary>
    OtherOrder,

    /// <summary>The bank's field ended at 35 or 70 characters, inside the last word.</summary>
    CutOff,

    /// <summary>One of two holders of an account: A VA B.</summary>
    JointHolder,

    /// <summary>Letters with marks became signs of loss (NGUY?N), and only one name fits what is left.</summary>
    LostLetters,

    /// <summary>One letter of one word is wrong and what stands there is no Vietnamese syllable: NGUYEM THI HOA.</summary>
    OneTypo,

    /// <summary>The letters are the same but both sides have marks and the marks differ: Hòa, Hoá.</summary>
    AccentsDiffer = 32,

    /// <summary>More than one registered person fits as well.</summary>
    Ambiguous,

    /// <summary>Words are there by their first letters only: N T HOA.</summary>
    Initials,

    /// <summary>A word of one name is missing in the other: a middle name, a second family name.</summary>
    MissingWord,

    /// <summary>One letter is another: Lan, Lam. Both are names.</summary>
    OneLetter,

    /// <summary>The same words in an order that could be another person's name.</summary>
    WordsReordered,

    /// <summary>Too much was lost to tell: H?NG, a cut before the given name.</summary>
    TooMuchLost,

    /// <summary>Another name.</summary>
    Different = 64,

    /// <summary>Letters of another script, also such that look Latin (Cyrillic А, Greek Ο): refused whatever they look like.</summary>
    ForeignLetters,

    /// <summary>Empty, longer than <see cref="NameForm.LengthMax"/>, or without a letter.</summary>
    Unreadable,
}

/// <summary>What a rule allows.</summary>
public enum NameAcceptance : byte
{
    /// <summary>Another name: a person may still say why the account is right.</summary>
    Refused = 0,

    /// <summary>Possible: a person must look, the names alone do not say it.</summary>
    Review = 1,

    /// <summary>Taken by the near rule (at most 1 false acceptance in 1,000 of the labelled pairs).</summary>
    Near = 2,

    /// <summary>Taken by the exact rule (no false acceptance in the labelled pairs).</summary>
    Exact = 3,
}

/// <summary>Two names compared: both as they were and in normal form, the rule that decided and what it allows. This is the evidence that is stored.</summary>
/// <param name="Holder">The holder's name as the bank or the paper has it.</param>
/// <param name="Expected">The name of the register.</param>
/// <param name="Rule">The rule that decided.</param>
/// <param name="Score">0 to 100 for people: 100 exact, 90 and more as the near rule allows, less for anything that a person must look at.</param>
public sealed record NameComparison(NameForm Holder, NameForm Expected, NameRule Rule, int Score)
{
    public NameAcceptance Acceptance => NameRules.AcceptanceOf(Rule);

    /// <summary>True when the exact or the near rule takes the two for one name.</summary>
    public bool IsAccepted => Acceptance >= NameAcceptance.Near;

    /// <summary>The rule's stable code, as stored: <c>exact_unaccented</c>.</summary>
    public string RuleCode => NameRules.Code(Rule);
}

/// <summary>What each rule is called and allows.</summary>
public static class NameRules
{
    public static IReadOnlyList<NameRule> All { get; } = Enum.GetValues<NameRule>();

    /// <summary>What a rule allows; total over all rules.</summary>
    public static NameAcceptance AcceptanceOf(NameRule rule) => rule switch
    {
        NameRule.Exact or NameRule.ExactUnaccented => NameAcceptance.Exact,
        < NameRule.AccentsDiffer => NameAcceptance.Near,
        < NameRule.Different => NameAcceptance.Review,
        _ => NameAcceptance.Refused,
    };

    /// <summary>The stable code of a rule, in lower case with underscores.</summary>
    public static string Code(NameRule rule) => rule switch
    {
        NameRule.Exact => "exact",
        NameRule.ExactUnaccented => "exact_unaccented",
        NameRule.Title => "title",
        NameRule.LetterIOrY => "letter_i_or_y",
        NameRule.WordBreaks => "word_breaks",
        NameRule.TypingCodes => "typing_codes",
        NameRule.MarksPartlyLost => "marks_partly_lost",
        NameRule.OtherOrder => "other_order",
        NameRule.CutOff => "cut_off",
        NameRule.JointHolder => "joint_holder",
        NameRule.LostLetters => "lost_letters",
        NameRule.OneTypo => "one_typo",
        NameRule.AccentsDiffer => "accents_differ",
        NameRule.Ambiguous => "ambiguous",
        NameRule.Initials => "initials",
        NameRule.MissingWord => "missing_word",
        NameRule.OneLetter => "one_letter",
        NameRule.WordsReordered => "words_reordered",
        NameRule.TooMuchLost => "too_much_lost",
        NameRule.Different => "different",
        NameRule.ForeignLetters => "foreign_letters",
        NameRule.Unreadable => "unreadable",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, null),
    };

    /// <summary>The rule of a stored code; null for a code that no rule has.</summary>
    public static NameRule? FromCode(string code) => All.Where(rule => Code(rule) == code).Select(rule => (NameRule?)rule).FirstOrDefault();

    /// <summary>The score a taken name gets; the lesser the more was inferred. Rules that take nothing are scored by likeness, below <see cref="NameMatch.Same"/>.</summary>
    internal static int Score(NameRule rule) => rule switch
    {
        NameRule.Exact => 100,
        NameRule.ExactUnaccented => 99,
        NameRule.Title or NameRule.LetterIOrY => 97,
        NameRule.WordBreaks or NameRule.TypingCodes or NameRule.MarksPartlyLost => 96,
        NameRule.OtherOrder => 95,
        NameRule.CutOff or NameRule.JointHolder => 93,
        NameRule.LostLetters => 92,
        NameRule.OneTypo => 91,
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Scored by likeness."),
    };
}
