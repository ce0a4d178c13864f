using NodaTime;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>The business application header (head.001.001.02) that goes before a message of ours where the bank's profile asks for it, both in one envelope.</summary>
/// <param name="MessageId">BizMsgIdr: the id of the message itself.</param>
/// <param name="PayerName">Fr: who sends.</param>
/// <param name="BankForm">To: how the bank is named.</param>
/// <param name="Bank">Its BIC, NAPAS number or branch code.</param>
/// <param name="CreatedAt">As in the message.</param>
sealed record BusinessHeader(string MessageId, string PayerName, AgentForm BankForm, string Bank, OffsetDateTime CreatedAt)
{
    public const string Version = "head.001.001.02";

    /// <summary>The element around both, and its namespace: the one that bank programs use; ISO's own envelope is not at hand.</summary>
    public const string Envelope = "BizMsgEnvlp", EnvelopeSpace = "urn:swift:xsd:envelope";

    /// <summary>The header of a payment file; null where the profile asks for none.</summary>
    public static BusinessHeader? Of(BatchFile file, BankProfile profile) => profile.Envelope == EnvelopeKind.None ? null
        : new(file.MessageId, file.PayerName, profile.DebtorAgent, file.Batches[0].DebtorAgentFor(profile), file.CreatedAt);

    /// <summary>The header of a recall; null where the profile asks for none.</summary>
    public static BusinessHeader? Of(RecallFile recall, BankProfile profile) => profile.Envelope == EnvelopeKind.None ? null
        : new(recall.Id.ToString(), recall.PayerName, profile.DebtorAgent, recall.BankAgent, recall.CreatedAt);
}
