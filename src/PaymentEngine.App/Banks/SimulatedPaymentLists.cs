using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.App.Banks;

/// <summary>
/// Lists of payments (CSV, XLSX) as the portal of a simulated bank takes them, by the layout of its profile. A list says neither its batches nor, mostly, the account that pays:
/// the bank has batches and days from the manifest beside it (else one batch, executed at once), and knows its customer's account, which is named with the simulation.
/// </summary>
/// <param name="files">The disk.</param>
/// <param name="account">The payer's account at the bank; null: only what the list itself says.</param>
sealed class SimulatedPaymentLists(IFiles files, string? account)
{
    /// <summary>True for the name of a payment list of ours: a MsgId with the ending of a list.</summary>
    public static bool IsList(string name) => Path.GetExtension(name) is ".csv" or ".xlsx" && MessageId.Parse(Path.GetFileNameWithoutExtension(name)).IsOk;

    /// <summary>Reads a list as the payments of a message.</summary>
    /// <param name="folder">Where it lies, with its manifest if it has one.</param>
    /// <param name="name">Of the file.</param>
    /// <param name="profile">Whose layout it has.</param>
    /// <param name="needsAccount">The bank tells of the account in statements or notifications.</param>
    /// <param name="receivedOn">The day the bank takes it; null: the day of its id.</param>
    /// <param name="each">Takes each payment, with its batch.</param>
    /// <returns>The reader's refusals; <c>simulation.no_layout</c> when the bank takes no lists; <c>simulation.no_account</c> when its answers need the account and nobody names it;
    /// <c>simulation.other_list</c> when the manifest beside it is about other payments.</returns>
    public Result<Pain001ReadBack> Read(string folder, string name, BankProfile profile, bool needsAccount, LocalDate? receivedOn, Action<Pain001Payment> each)
    {
        if (profile.Layout is null)
            return new Problem("simulation.no_layout", $"The bank of profile {profile.Id} loads messages, no lists.", "Name the profile by which the list was written with --profile.");
        var taken = new List<Pain001Payment>();
        using var stream = files.Read(Path.Combine(folder, name));
        var read = PaymentListReader.ReadBack(stream, profile, taken.Add);
        if (!read.TryGet(out var list)) return Result<Pain001ReadBack>.Refuse(read.Problems);
        var id = MessageId.Parse(Path.GetFileNameWithoutExtension(name)).Value;
        var manifest = ManifestOf(folder, name);
        if (!manifest.TryGet(out var said)) return Result<Pain001ReadBack>.Refuse(manifest.Problems);
        if (said is not null && (said.Count != list.Count || said.Sum != list.Sum || said.ListHash != list.ListHash))
            return new Problem("simulation.other_list", $"The manifest is about {said.Count.ToString(CultureInfo.InvariantCulture)} payments of {ViText.Money(said.Sum)}, the list holds {list.Count.ToString(CultureInfo.InvariantCulture)} of {ViText.Money(list.Sum)}.", "Export the run again: list and manifest belong together.");
        var debtor = account ?? AccountIn(folder, name, profile);
        if (debtor is null && needsAccount)
            return new Problem("simulation.no_account", "The bank tells of the account in statements or notifications, and the list does not say which account pays.", "Name it with --account, or take the habit result-list.");

        var made = (receivedOn ?? id.Date).At(new LocalTime(8, 0)).WithOffset(Offset.FromHours(7));
        IReadOnlyList<ManifestBatch> announced = said?.Batches ?? [new ManifestBatch(id.Batch(1), made.Date, debtor ?? "", list.Count, list.Sum)];
        var batches = new List<Pain001Batch>();
        var at = 0;
        foreach (var batch in announced)
        {
            var (count, sum) = (0, Vnd.Zero);
            for (; count < batch.Count && at < taken.Count; count++, at++)
            {
                sum += taken[at].Amount!.Value;
                each(taken[at] with { BatchId = batch.BatchId });
            }

            batches.Add(new(batch.BatchId, LocalDatePattern.Iso.Format(batch.ExecutionDate), null, debtor ?? "", profile.BankBins.Count > 0 ? profile.BankBins[0] : "", null, null, batch.Count, batch.Sum, count, sum));
        }

        return new Pain001ReadBack(profile.MessageVersion, id.ToString(), said?.CreatedAt ?? OffsetDateTimePattern.ExtendedIso.Format(made), list.Count, list.Sum, batches, list.Count, list.Sum, list.ListHash, list.AccountHashTotal);
    }

    Result<ManifestContent?> ManifestOf(string folder, string name)
    {
        var path = Path.Combine(folder, Path.ChangeExtension(name, Manifest.Extension));
        if (!files.Exists(path) || files.Size(path) > ManifestReader.BytesMax) return Result<ManifestContent?>.Ok(null);
        using var stream = files.Read(path);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return ManifestReader.Read(bytes.ToArray(), Path.GetFileName(path)).Select(content => (ManifestContent?)content);
    }

    /// <summary>The account as the head of the list says it, where its layout has one.</summary>
    string? AccountIn(string folder, string name, BankProfile profile)
    {
        var rowNo = profile.Layout!.HeaderRows.ToList().FindIndex(row => row.Contains("{debtorAccount}"));
        var column = profile.Layout.Columns.ToList().FindIndex(one => one.Field == PaymentField.DebtorAccount);
        if (rowNo < 0 && column < 0) return null;
        var cellNo = rowNo >= 0 ? profile.Layout.HeaderRows[rowNo].ToList().IndexOf("{debtorAccount}") : column;
        var wanted = rowNo >= 0 ? rowNo : profile.Layout.HeaderRows.Count + 1;
        string? found = null;
        var no = 0;
        using var stream = files.Read(Path.Combine(folder, name));
        SheetReader.Read(stream, profile.FileKind == FileKind.Csv ? SheetKind.Text : SheetKind.Xlsx, profile.Layout.SheetName, row =>
        {
            if (no++ != wanted) return true;
            found = row[cellNo].Text is { Length: > 0 } text ? text : null;
            return false;
        });
        return found;
    }
}
