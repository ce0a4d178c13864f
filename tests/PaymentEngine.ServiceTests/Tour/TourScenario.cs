using System.Globalization;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.ServiceTests.Tour;

/// <summary>One failure of <c>scenario.csv</c>, written down before anything happens: whose payment fails at which bank, how, and in which of the eleven places its money must end.</summary>
/// <param name="Kind">One of twelve.</param>
/// <param name="Bank">Short name of the bank that pays for the payer.</param>
/// <param name="TheBank">What the bank does, in words.</param>
/// <param name="Reason">The code it gives; null: none.</param>
/// <param name="WorkedBy">The way out of it, in words.</param>
/// <param name="EndsIn">Code of a place.</param>
sealed record TourFailure(int No, string Kind, string Payer, string Bank, string Person, string TheBank, string? Reason, string WorkedBy, string EndsIn)
{
    /// <summary>Its payment, once the bank has the file.</summary>
    public InstructionId Payment { get; set; }

    public Vnd Amount { get; set; }

    public override string ToString() => $"failure {No}: {Kind}, {Person} at {Bank}";

    public bool IsRefused => TheBank == "refuses";

    public bool IsSentBack => TheBank.StartsWith("sends back", StringComparison.Ordinal);

    public bool IsShort => Kind == "returned_short";

    public bool IsLate => Kind == "returned_late";

    /// <summary>Its cells hold neither commas nor quotes.</summary>
    public static IReadOnlyList<TourFailure> Read(string path) => [.. File.ReadLines(path).Skip(1).Select(line => line.Split(',')).Select(cell =>
        new TourFailure(int.Parse(cell[0], CultureInfo.InvariantCulture), cell[1], cell[2], cell[3], cell[4], cell[5], cell[6].Length > 0 ? cell[6] : null, cell[7], cell[8]))];
}
