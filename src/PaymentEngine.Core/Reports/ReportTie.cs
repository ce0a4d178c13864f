namespace PaymentEngine.Core.Reports;

/// <summary>One check a report makes of itself: two roads to one figure (F133).</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Left">What the report says.</param>
/// <param name="Right">What the other road says; null: not compared, and the words say why.</param>
/// <param name="IsMoney">Đồng; otherwise people or records.</param>
public sealed record ReportTie(string Code, string Vi, string En, long Left, long? Right, bool IsMoney = false)
{
    /// <summary>False when both are known and differ.</summary>
    public bool Holds => Right is null || Left == Right;

    /// <summary>The left less the right; 0 when not compared.</summary>
    public long Difference => Right is { } right ? Left - right : 0;
}
