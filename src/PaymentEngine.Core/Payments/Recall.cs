using System.Globalization;
using NodaTime;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Core.Payments;

/// <summary>Why a payment is recalled (thu hồi lệnh chi): codes of ExternalCancellationReason1Code.</summary>
public enum RecallReason : byte
{
    /// <summary>DUPL: the same sum was paid twice.</summary>
    Duplicate,

    /// <summary>AM09: a wrong amount.</summary>
    WrongAmount,

    /// <summary>AC03: a wrong account.</summary>
    WrongAccount,

    /// <summary>TECH: a fault of ours.</summary>
    Technical,

    /// <summary>UPAY: the person was not entitled, or has died.</summary>
    NotEntitled,

    /// <summary>FRAD: fraud is suspected.</summary>
    Fraud,
}

/// <summary>The codes of recall reasons, and what they say on paper for a bank.</summary>
public static class RecallReasons
{
    /// <summary>Banking days a bank has to answer a recall before somebody asks again.</summary>
    public const int AnswerDays = 5;

    static readonly string[] codes = ["DUPL", "AM09", "AC03", "TECH", "UPAY", "FRAD"];

    /// <summary>Every code, in the order of the reasons.</summary>
    public static IReadOnlyList<string> Codes => codes;

    public static string Code(RecallReason reason) => codes[(int)reason];

    /// <summary>Reads a code; small letters are forgiven.</summary>
    public static Result<RecallReason> Parse(string text)
    {
        var at = Array.IndexOf(codes, text.Trim().ToUpperInvariant());
        return at >= 0
            ? (RecallReason)at
            : new Problem("usage.recall_reason", $"'{text}' is no reason of a recall.",
                "Use DUPL (paid twice), AM09 (wrong amount), AC03 (wrong account), TECH (our fault), UPAY (not entitled, or deceased) or FRAD (fraud).");
    }

    /// <summary>The reason in a sentence for the bank's desk. Of a person it says no more than the bank has to know.</summary>
    public static string Vietnamese(RecallReason reason) => reason switch
    {
        RecallReason.Duplicate => "chi trùng",
        RecallReason.WrongAmount => "sai số tiền",
        RecallReason.WrongAccount => "sai tài khoản người hưởng",
        RecallReason.Technical => "lỗi kỹ thuật của đơn vị chi trả",
        RecallReason.NotEntitled => "chi không đúng đối tượng",
        _ => "nghi ngờ gian lận",
    };
}

/// <summary>The id of a recall message, 16 characters: <c>R40261124-000007</c>. Each payment in it has an id of its own: a hyphen and three figures more.</summary>
/// <param name="Date">The day the recall was made; of this century.</param>
/// <param name="Number">Counts the recalls of the province, 1 to 999,999.</param>
public readonly record struct RecallId(short ProvinceCode, LocalDate Date, int Number)
{
    /// <summary>The id of the recall of one payment (CxlId), by its place in the message from 1.</summary>
    public string Payment(int place)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(place is >= 1 and <= RecallFile.PaymentsMax, true);
        return string.Create(CultureInfo.InvariantCulture, $"{this}-{place:000}");
    }

    public override string ToString()
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ProvinceCode is >= 1 and <= 99 && Date.Year is >= 2000 and <= 2099 && Number is >= 1 and <= 999_999, true);
        return string.Create(CultureInfo.InvariantCulture, $"R{ProvinceCode:00}{Date.Year % 100:00}{Date.Month:00}{Date.Day:00}-{Number:000000}");
    }
}

/// <summary>A payment that the bank is asked to take back.</summary>
/// <param name="BatchId">PmtInfId under which it was sent.</param>
/// <param name="CreditorBank">The payee's bank for people: its short name.</param>
public sealed record PaymentToRecall(InstructionId Id, string BatchId, LocalDate ExecutionDate, Vnd Amount, string CreditorName, string CreditorAccount, string CreditorBank);

/// <summary>A recall: payments of one file to one bank, for one reason. Everything that fixes the bytes of its message or list.</summary>
public sealed record RecallFile
{
    /// <summary>Most payments of one recall.</summary>
    public const int PaymentsMax = 999;

    public required RecallId Id { get; init; }

    /// <summary>CreDtTm, as stored.</summary>
    public required OffsetDateTime CreatedAt { get; init; }
    public required RecallReason Reason { get; init; }
    public required string PayerName { get; init; }
    public string? CustomerNumber { get; init; }

    /// <summary>The bank asked: as the profile wants it named, and for people.</summary>
    public required string BankAgent { get; init; }
    public required string BankName { get; init; }

    /// <summary>MsgId, version and CreDtTm of the file in which the payments were sent.</summary>
    public required string OriginalMessageId { get; init; }
    public required string OriginalMessage { get; init; }
    public required OffsetDateTime OriginalCreatedAt { get; init; }

    /// <summary>In the order of their ids.</summary>
    public required IReadOnlyList<PaymentToRecall> Payments { get; init; }

    public Vnd Sum => Payments.Aggregate(Vnd.Zero, (sum, payment) => sum + payment.Amount);
}
