namespace PaymentEngine.Core.Law;

/// <summary>How well a figure or reading of the law is proven; the words of law/README.md, in order of strength.</summary>
public static class LawStatus
{
    public const string Verified = "verified";
    public const string Derived = "derived";
    public const string VerifiedSecondary = "verified-secondary";
    public const string Interpretation = "interpretation";
    public const string DerivedUnverified = "derived-unverified";
    public const string Unverified = "unverified";
    public const string UnverifiedFromMemory = "unverified (from memory)";

    static readonly string[] StrongestFirst = [Verified, Derived, VerifiedSecondary, Interpretation, DerivedUnverified, Unverified, UnverifiedFromMemory];

    public static bool IsKnown(string status) => Array.IndexOf(StrongestFirst, status) >= 0;

    /// <summary>An amount is as well proven as the weakest figure or reading it rests on. An unknown word counts as the weakest of all.</summary>
    public static string Weakest(string left, string right) => Rank(left) >= Rank(right) ? left : right;

    /// <summary>True when no text of the act, nor a publication about it, stands behind the figure: a run that used it says so on its approval paper.</summary>
    public static bool IsUnverified(string status) => Rank(status) >= Rank(DerivedUnverified);

    static int Rank(string status)
    {
        var rank = Array.IndexOf(StrongestFirst, status);
        return rank < 0 ? StrongestFirst.Length : rank;
    }
}
