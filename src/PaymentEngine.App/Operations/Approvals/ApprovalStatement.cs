using System.Globalization;
using System.Text;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations.Approvals;

/// <summary>What an approver signs: a few lines of text that name the run, the hash of its canonical content, its totals, the level and the person. The same for the same content, whoever writes it down and whenever.</summary>
/// <remarks>The content hash covers every person, account, amount, programme, hold and day of the list (docs/runs.md). The time stands in the signature.</remarks>
public static class ApprovalStatement
{
    public const string Extension = ".approval.txt";
    public const string SignatureExtension = ".approval.p7s";

    /// <param name="run">The run.</param>
    /// <param name="total">Its totals and hash.</param>
    /// <param name="level">Of the approval, from 1.</param>
    /// <param name="role">In which the person approves.</param>
    /// <param name="person">User name.</param>
    public static string Of(RunId run, RunTotal total, int level, string role, string person)
    {
        var text = new StringBuilder();
        text.Append("payengine approval 1\n");
        text.Append(CultureInfo.InvariantCulture, $"run|{run}\n");
        text.Append(CultureInfo.InvariantCulture, $"content_sha256|{Convert.ToHexStringLower(total.ContentHash)}\n");
        text.Append(CultureInfo.InvariantCulture, $"recipients|{total.Recipients}\n");
        text.Append(CultureInfo.InvariantCulture, $"disbursements|{total.Disbursements}\n");
        text.Append(CultureInfo.InvariantCulture, $"total_vnd|{total.DeclaredVnd}\n");
        text.Append(CultureInfo.InvariantCulture, $"by_account|{total.BankAttempts}|{total.BankVnd}\n");
        text.Append(CultureInfo.InvariantCulture, $"in_cash|{total.CashAttempts}|{total.CashVnd}\n");
        text.Append(CultureInfo.InvariantCulture, $"held|{total.Held}|{total.HeldVnd}\n");
        text.Append(CultureInfo.InvariantCulture, $"level|{level}|{total.ApprovalLevels}\n");
        text.Append(CultureInfo.InvariantCulture, $"approver|{role}|{person}\n");
        return text.ToString();
    }
}
