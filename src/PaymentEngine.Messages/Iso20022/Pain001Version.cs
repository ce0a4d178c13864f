namespace PaymentEngine.Messages.Iso20022;

/// <summary>
/// What differs between the versions of pain.001 in anything we write: this table, and nothing elsewhere. Everything else of the usage profile has the same
/// names in the same order in all of them.
/// </summary>
/// <param name="Message">As in the namespace: <c>pain.001.001.09</c>.</param>
/// <param name="BicElement">The element of a bank's BIC in FinInstnId.</param>
/// <param name="DateIsChoice">ReqdExctnDt holds Dt or DtTm; else it is the date itself.</param>
/// <param name="TakesUetr">PmtId may hold a UETR.</param>
public sealed record Pain001Version(string Message, string BicElement, bool DateIsChoice, bool TakesUetr)
{
    /// <summary>The versions we write, the oldest first.</summary>
    public static IReadOnlyList<Pain001Version> All { get; } =
    [
        new("pain.001.001.03", "BIC", DateIsChoice: false, TakesUetr: false),
        new("pain.001.001.09", "BICFI", DateIsChoice: true, TakesUetr: true),
        new("pain.001.001.12", "BICFI", DateIsChoice: true, TakesUetr: true),
    ];

    /// <summary>The version of a message name; null when we do not write it.</summary>
    public static Pain001Version? Find(string message) => All.FirstOrDefault(version => version.Message == message);
}
