using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages;

/// <summary>A text as it is compared with another: letters without marks, capitals, single blanks. «Thành công» and «THANH CONG» are the same words.</summary>
static class PlainWords
{
    const int LengthMax = 500;

    public static string Of(string text) => BankText.Name(text, LengthMax).Text;
}
