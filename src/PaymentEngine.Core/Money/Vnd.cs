using System.Globalization;

namespace PaymentEngine.Core.Money;

/// <summary>A sum of Vietnamese đồng. The đồng has no minor unit (ISO 4217 exponent 0): 1 is the smallest sum that can be paid.</summary>
/// <remarks>Negative sums exist (a recoupment line). Arithmetic is checked: an overflow is a bug and throws.</remarks>
public readonly record struct Vnd(long Amount) : IComparable<Vnd>
{
    public static readonly Vnd Zero = new(0);

    public bool IsZero => Amount == 0;

    public static Vnd operator +(Vnd left, Vnd right) => new(checked(left.Amount + right.Amount));

    public static Vnd operator -(Vnd left, Vnd right) => new(checked(left.Amount - right.Amount));

    public static Vnd operator -(Vnd value) => new(checked(-value.Amount));

    /// <summary>The sum taken a whole number of times (three children, two seniority units).</summary>
    public static Vnd operator *(Vnd value, int times) => new(checked(value.Amount * times));

    /// <summary>The standard amount times a coefficient (hệ số, in hundredths: 1.5 is 150), exact to the đồng.</summary>
    /// <exception cref="ArithmeticException">The product is not a whole sum. The law gives no rounding rule, so none is
    /// invented here: parameters that could leave a remainder are refused when they are loaded.</exception>
    public static Vnd operator *(Vnd standard, Coefficient coefficient)
    {
        var (sum, remainder) = Math.DivRem(checked(standard.Amount * coefficient.Hundredths), 100);
        return remainder == 0 ? new(sum) : throw new ArithmeticException($"{standard} × {coefficient} is not a whole sum.");
    }

    public static bool operator <(Vnd left, Vnd right) => left.Amount < right.Amount;

    public static bool operator >(Vnd left, Vnd right) => left.Amount > right.Amount;

    public static bool operator <=(Vnd left, Vnd right) => left.Amount <= right.Amount;

    public static bool operator >=(Vnd left, Vnd right) => left.Amount >= right.Amount;

    public static Vnd Max(Vnd left, Vnd right) => left >= right ? left : right;

    public int CompareTo(Vnd other) => Amount.CompareTo(other.Amount);

    /// <summary>Plain digits, for files and messages: <c>1500000</c>. For people see <c>ViText.Money</c>.</summary>
    public override string ToString() => Amount.ToString(CultureInfo.InvariantCulture);
}
