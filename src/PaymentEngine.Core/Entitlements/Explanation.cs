namespace PaymentEngine.Core.Entitlements;

/// <summary>Why a sum is due, or why nothing is: a sentence, the provision it rests on and how well that is proven.</summary>
/// <param name="Vi">The sentence in Vietnamese, with the figures that recompute to the amount.</param>
/// <param name="En">The same in English.</param>
/// <param name="Rule">Stable name: the rate code of the law files, or <c>not_due.*</c>, <c>arrears</c>, <c>recoupment</c>.</param>
/// <param name="Citation">Act and article.</param>
/// <param name="Status">One of <see cref="Law.LawStatus"/>.</param>
/// <remarks>Carries classes only (degree, age band, number of children), never a person: 300,000 people share a few thousand.</remarks>
public sealed record Explanation(string Vi, string En, string Rule, string Citation, string Status);

/// <summary>What else decided an amount, beside its rate; each is a half-sentence and, where it is a reading, weakens the status.</summary>
[Flags]
public enum ExplanationNotes : uint
{
    None = 0,

    /// <summary>Only the year (or month) of birth is known; the latest possible day was taken.</summary>
    BirthAssumed = 1,

    /// <summary>The person is in several groups and gets the highest only.</summary>
    HighestGroup = 2,

    /// <summary>The poor single parent's amount, paid beside the other group.</summary>
    SingleParentBesides = 4,

    /// <summary>Several categories have a carer allowance; it is paid once, the highest.</summary>
    HighestCarer = 8,

    /// <summary>The special supplement stands in place of the ordinary one.</summary>
    InsteadOfOrdinary = 16,

    /// <summary>Social pension and social protection do not add; the higher is paid.</summary>
    HigherOfPensionAndProtection = 32,

    /// <summary>Due before the month of the decision because the disability certificate is older.</summary>
    SinceCertificate = 64,

    /// <summary>The age limit is reached in this month; it is the last one.</summary>
    LastMonthOfAge = 128,

    /// <summary>The nurturing allowance is paid once.</summary>
    NurturingOnce = 256,

    /// <summary>At most two survivor shares, or one beside a martyr's.</summary>
    SharesLimited = 512,

    /// <summary>Goes on from the allowance of people from 80 without a new file.</summary>
    Converted = 1024,

    /// <summary>Paid for a suspended month after the review found nothing changed.</summary>
    Restored = 2048,

    /// <summary>Other income is lower than the level; the level is paid in full.</summary>
    IncomeBelowLevel = 4096,

    /// <summary>The month of the certificate counts although the file fell under a procedure whose rule was not read.</summary>
    CertificateUnread = 1 << 13,

    /// <summary>Past 22 years: the age limit of 20/2021 is gone.</summary>
    NoAgeLimit = 1 << 14,

    /// <summary>Children from 16 are counted because they still study.</summary>
    StudyingChildren = 1 << 15,

    /// <summary>More than three martyrs: the level of three is the highest.</summary>
    HighestMartyrLevel = 1 << 16,

    /// <summary>The holder, head of the household, is dead; the money is the household's and goes on.</summary>
    HouseholdGoesOn = 1 << 17,

    /// <summary>The disabled adult child's income was held against the income test.</summary>
    IncomeTested = 1 << 18,

    /// <summary>Two decisions give the same category (after a move, for example): the later one is paid.</summary>
    LaterDecision = 1 << 19,

    /// <summary>The pension age was reached under the figure of an earlier year, or of this one.</summary>
    PensionAgeReached = 1 << 20,

    /// <summary>The second of the allowances of a war invalid who is also a sick soldier.</summary>
    SecondAllowance = 1 << 21,
}
