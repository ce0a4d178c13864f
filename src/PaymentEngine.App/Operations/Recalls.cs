using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;

namespace PaymentEngine.App.Operations;

/// <summary>A recall as it lies in the folder.</summary>
/// <param name="Paths">The message; or the list and the letter.</param>
/// <param name="IsNew">False when it had been made before this call.</param>
public sealed record MadeRecall(string RecallId, string Form, string Reason, string OriginalMsgId, int Items, Vnd SumVnd, string Sha256, IReadOnlyList<string> Paths, bool IsNew)
{
    /// <summary>What speaks for its having been handed over; null while nobody has.</summary>
    public string? HandedOver { get; init; }

    internal int Number { get; init; }
}

/// <summary>Asks banks to take payments back (thu hồi lệnh chi): a message where the bank takes one, else a list with a letter. A recall moves no money and changes no state.</summary>
public sealed class Recalls(Database database, IFiles files, KeyFolder keys, IClock clock)
{
    /// <summary>Keeps every byte that goes to a bank, by its hash; null: nothing is kept (tests).</summary>
    public Archive? Archive { get; init; }

    const int ProblemsMax = 20;
    const string Message = "camt055", List = "list";
    static readonly Offset VietNam = Offset.FromHours(7);

    /// <summary>Recalls payments that were handed over: one recall for each file in which they were sent, stored before it is written, with a case that waits for the bank's answer.
    /// A payment recalled before is not recalled again: its recall is written once more, the same bytes.</summary>
    /// <param name="caller">A maker, an approver or a reconciler of the whole province.</param>
    /// <param name="ids">Payments, at most 999.</param>
    /// <param name="reason">Why, the same for all.</param>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="cancel">Stops before the recall is stored, and between files; the same call goes on.</param>
    /// <returns>Every payment that cannot be recalled: <c>payment.not_in_a_file</c>, <c>not_allowed.not_handed_over</c>, <c>not_allowed.recall_ended</c>, <c>not_allowed.recalled_otherwise</c>; then none is.</returns>
    public async Task<Result<IReadOnlyList<MadeRecall>>> RecallAsync(Caller caller, IReadOnlyList<InstructionId> ids, RecallReason reason, string folder, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.BankRecall) is { } lacking) return lacking;
        var distinct = ids.Distinct().OrderBy(id => id.ToString(), StringComparer.Ordinal).ToList();
        if (distinct.Count is 0 or > RecallFile.PaymentsMax)
            return new Problem("usage.recall_ids", $"{distinct.Count} payments were named.", $"Name 1 to {RecallFile.PaymentsMax} payments in one call.");

        folder = Path.GetFullPath(folder);
        using var cipher = keys.OpenCipher();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        if (await FenceStore.WhyClosedAsync(session, caller.ProvinceCode, cancel) is { } closed) return closed;
        var stored = await session.InTransactionAsync(() => StoreAsync(session, caller, distinct, reason, cipher, cancel), result => result.IsOk, cancel: cancel);
        if (!stored.TryGet(out var numbers)) return Result<IReadOnlyList<MadeRecall>>.Refuse(stored.Problems);

        files.MakeFolder(folder);
        var made = new List<MadeRecall>();
        foreach (var (number, isNew) in numbers)
        {
            cancel.ThrowIfCancellationRequested();
            var recall = await RecallStore.RecallAsync(session, caller.ProvinceCode, number, cancel);
            var orders = await RecallStore.OrdersAsync(session, caller.ProvinceCode, number, cancel);
            var sent = await SentByAsync(session, caller.ProvinceCode, orders[0], cancel);
            var content = Content(caller.ProvinceCode, recall, orders, sent, cipher);
            if (!content.TryGet(out var file)) return Result<IReadOnlyList<MadeRecall>>.Refuse(content.Problems);
            var bytes = Bytes(file, recall.Form, sent.Profile);
            if (!SHA256.HashData(bytes).AsSpan().SequenceEqual(recall.Sha256))
                return new Problem("fault.recall_differs", $"{recall.RecallId} made again has other bytes than when it was stored.", "Nothing was written. A row, the bank's profile or the key folder was changed since: payengine verify.");
            var paths = new List<string>();
            foreach (var (extension, part) in Parts(file, recall.Form, bytes))
            {
                var path = Path.Combine(folder, recall.RecallId + extension);
                if (Put(path, part) is { } other) return other;
                if (Archive?.Keep(path) is { IsOk: false } unkept) return Result<IReadOnlyList<MadeRecall>>.Refuse(unkept.Problems);
                paths.Add(path);
            }

            files.FlushFolder(folder);
            made.Add(new(recall.RecallId, recall.Form, recall.Reason, file.OriginalMessageId, recall.Items, new Vnd(recall.SumVnd), Convert.ToHexStringLower(recall.Sha256), paths, isNew) { Number = number });
        }

        return made;
    }

    /// <summary>Brings a recall that was just written to the bank that has the payments, by the channel that is set for it, or records that a person did.
    /// The same bytes under the same id ask once, however often they arrive: after an unknown outcome the same call is safe.</summary>
    /// <param name="caller">A maker, an approver or a reconciler of the whole province.</param>
    /// <param name="made">As <see cref="RecallAsync"/> gave it.</param>
    /// <param name="channels">The channels of this process; null: <paramref name="recorded"/> says how it was handed over.</param>
    /// <param name="recorded">Who, when, how.</param>
    /// <param name="cancel">Stops before the act.</param>
    /// <returns>The recall with what speaks for its hand-over; <c>not_allowed.no_channel</c>, <c>not_allowed.channel_by_hand</c>, <c>not_allowed.name_taken</c>, or the channel's own trouble.</returns>
    public async Task<Result<MadeRecall>> HandOverAsync(Caller caller, MadeRecall made, BankChannels? channels, string? recorded, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.BankRecall) is { } lacking) return lacking;
        if (channels is null && string.IsNullOrWhiteSpace(recorded)) return new Problem("usage.evidence_missing", "A record of a hand-over says who, when and how.", "For example: --recorded \"Bà Hoa, Agribank Vinh, 26/11 9h, ký nhận\".");
        await using var session = await database.RunAsync(caller.Scope, cancel);
        if (await FenceStore.WhyClosedAsync(session, caller.ProvinceCode, cancel) is { } closed) return closed;
        var number = made.Number;
        var (tries, isSent) = await RecallStore.SendingsAsync(session, caller.ProvinceCode, number, cancel);
        if (isSent) return made with { HandedOver = "" };
        if (channels is null)
        {
            await KeepAsync("recorded", SendOutcome.Sent, recorded!.Trim());
            return made with { HandedOver = recorded.Trim() };
        }

        var bin = (await SentByAsync(session, caller.ProvinceCode, (await RecallStore.OrdersAsync(session, caller.ProvinceCode, number, cancel))[0], cancel)).DebtorBin;
        if (await ChannelStore.FindAsync(session, caller.ProvinceCode, bin, cancel) is not { } settings)
        {
            return new Problem("not_allowed.no_channel", $"No channel is set for {BankDirectory.Find(bin)?.ShortName ?? "bank"} ({bin}), to which {made.RecallId} goes.",
                $"Set it (payengine bank channel set {bin} folder|sftp|hand …), or hand it over and record it: --recorded \"who, when, how\".");
        }

        if (!channels.Of(settings).TryGet(out var channel)) return Result<MadeRecall>.Refuse(channels.Of(settings).Problems);
        try
        {
            var evidence = new List<string>();
            // The letter is for paper and a signature.
            foreach (var path in made.Paths.Where(path => Path.GetExtension(path) != ".html"))
            {
                var (name, sha256) = (Path.GetFileName(path), FileWriting.Sha256Of(files, path));
                var there = await channel.LookAsync(name, sha256, cancel);
                if (there == InChannel.OtherBytes) return new Problem("not_allowed.name_taken", $"{channel.Name} holds another file named {name}.", "It is never overwritten. Ask the bank's desk what it is.");
                if (there == InChannel.SameBytes)
                {
                    evidence.Add($"Found in {channel.Name} as {name}, SHA-256 {sha256}.");
                    continue;
                }

                await channel.BringAsync(path, name, sha256, cancel);
                var report = await channel.AppearAsync(name, sha256, cancel);
                if (report.Outcome != SendOutcome.Sent)
                {
                    await KeepAsync(channel.Name, report.Outcome, report.Evidence);
                    return new Problem(report.Outcome == SendOutcome.Refused ? "neighbour.bank_channel" : "neighbour.bank_channel_unknown", $"{name} did not surely reach the bank by {channel.Name}: {report.Evidence}",
                        "Do this again: the same recall asks once, however often it arrives.");
                }

                evidence.Add(report.Evidence);
            }

            await KeepAsync(channel.Name, SendOutcome.Sent, string.Join(' ', evidence));
            return made with { HandedOver = string.Join(' ', evidence) };
        }
        catch (ChannelException fault)
        {
            await KeepAsync(channel.Name, SendOutcome.Refused, fault.Problem.Message);
            return fault.Problem;
        }

        Task KeepAsync(string channelName, SendOutcome outcome, string evidence) => session.InTransactionAsync(async () =>
        {
            var word = outcome switch { SendOutcome.Sent => "sent", SendOutcome.Refused => "refused", _ => "unknown" };
            var at = clock.GetCurrentInstant();
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"recall.{word} {made.RecallId} {tries + 1}", $"recall.{word}", OperationLog.RequestHash(made.RecallId, channelName, evidence), caller.UserName, at, CancellationToken.None);
            await RecallStore.InsertSendingAsync(session, caller.ProvinceCode, number, tries + 1, channelName, word, evidence, caller.UserName, at, start.OperationNo, CancellationToken.None);
            var said = JsonText.Write(new { recall = made.RecallId, channel = channelName, outcome = word, evidence });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, CancellationToken.None);
        }, cancel: CancellationToken.None);
    }

    /// <summary>Stores what is not recalled yet. The numbers of all recalls that hold the payments, and whether they are new.</summary>
    async Task<Result<IReadOnlyList<(int Number, bool IsNew)>>> StoreAsync(DatabaseSession session, Caller caller, List<InstructionId> ids, RecallReason reason, AccountCipher cipher, CancellationToken cancel)
    {
        await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
        var code = RecallReasons.Code(reason);
        var problems = new List<Problem>();
        var orders = new List<OrderToRecall>();
        foreach (var id in ids)
        {
            var order = id.ProvinceCode == caller.ProvinceCode ? await RecallStore.FindOrderAsync(session, id, cancel) : null;
            if (order is null) problems.Add(new Problem("payment.not_in_a_file", $"{id} stands in no file to a bank that you may see.", "Check the id; a payment in cash has none."));
            else if (Hindrance(id, order, code) is { } hindered) problems.Add(hindered);
            else orders.Add(order);
            if (problems.Count >= ProblemsMax) break;
        }

        if (problems.Count > 0) return Result<IReadOnlyList<(int, bool)>>.Refuse(problems);
        var numbers = orders.Where(order => order.RecallNo is not null).Select(order => (order.RecallNo!.Value, false)).Distinct().ToList();
        var now = Instant.FromUnixTimeSeconds(clock.GetCurrentInstant().ToUnixTimeSeconds());
        var next = await RecallStore.NextNoAsync(session, caller.ProvinceCode, cancel);
        foreach (var group in orders.Where(order => order.RecallNo is null).GroupBy(order => (order.FileMonth, order.FileNo)).OrderBy(group => group.Key))
        {
            // As they stand in the file: by batch, then by id.
            var recalled = group.OrderBy(order => order.BatchNo).ThenBy(order => order.IdIn(caller.ProvinceCode).ToString(), StringComparer.Ordinal).ToList();
            var sent = await SentByAsync(session, caller.ProvinceCode, recalled[0], cancel);
            var recall = new StoredRecall
            {
                RecallNo = next, RecallId = new RecallId(caller.ProvinceCode, PaymentFiles.DayOf(now), next).ToString(), Form = sent.Profile is { Recall: RecallForm.Camt055, FileKind: FileKind.Pain001 } ? Message : List,
                Month = group.Key.FileMonth, FileNo = group.Key.FileNo, Reason = code, MadeAt = now, Items = recalled.Count, SumVnd = recalled.Sum(order => order.AmountVnd),
            };
            var content = Content(caller.ProvinceCode, recall, recalled, sent, cipher);
            if (!content.TryGet(out var file)) return Result<IReadOnlyList<(int, bool)>>.Refuse(content.Problems);
            var bytes = Bytes(file, recall.Form, sent.Profile);
            if (Faults(file, recall.Form, bytes) is { Count: > 0 } faults) return Result<IReadOnlyList<(int, bool)>>.Refuse(faults);
            recall = recall with { Sha256 = SHA256.HashData(bytes) };

            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"bank.recall {recall.RecallId}", "bank.recall",
                OperationLog.RequestHash([recall.RecallId, code, .. recalled.Select(order => order.IdIn(caller.ProvinceCode).ToString())]), caller.UserName, now, cancel);
            await RecallStore.InsertAsync(session, caller.ProvinceCode, recall, recalled, caller.UserName, start.OperationNo, cancel);
            var dueOn = BankingCalendars.VietNam.Plus(PaymentFiles.DayOf(now), RecallReasons.AnswerDays);
            await OutcomeStore.OpenCasesAsync(session, caller.ProvinceCode, [.. recalled.Select(order => new NewCase
            {
                Kind = "recall", Attempt = new SentAttempt(order.Month, order.RunNo, order.LineNo, order.Attempt, order.BatchNo, order.AmountVnd, order.Programme, order.CommuneId, IsLatest: true, Ended: false),
                AmountVnd = order.AmountVnd, ReasonCode = code, NextAction = "await_recall_answer", Owner = Role.Reconciler, DueOn = dueOn,
            })], now, start.OperationNo, cancel);
            var said = JsonText.Write(new
            {
                recall = recall.RecallId, form = recall.Form, reason = code, file = file.OriginalMessageId, items = recall.Items, sum_vnd = recall.SumVnd, sha256 = Convert.ToHexStringLower(recall.Sha256),
                payments = recalled.Select(order => order.IdIn(caller.ProvinceCode).ToString()), due_on = dueOn,
            });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            numbers.Add((next++, true));
        }

        return numbers;
    }

    /// <summary>Why a payment cannot be recalled for this reason; null when it can.</summary>
    static Problem? Hindrance(InstructionId id, OrderToRecall order, string code)
    {
        if (order.RecallNo is not null)
        {
            return order.RecallReason == code ? null : new Problem("not_allowed.recalled_otherwise", $"{id} was recalled before, for the reason {order.RecallReason}.",
                $"A payment is recalled once. Give --reason {order.RecallReason} to write the same recall again; another reason is told to the bank by letter.");
        }

        if (!order.Sent)
            return new Problem("not_allowed.not_handed_over", $"{id} stands in {order.MsgId}, which no bank is known to have.", "What never left the house is not recalled. When its sending is in doubt, settle that first: payengine run send --recorded or --not-sent.");
        if (order.EndedHow is not null)
            return new Problem("not_allowed.recall_ended", $"{id} has ended ({order.EndedHow}): its money is not with the payee.", "Nothing is left to recall; see its case.");
        return (BankView)order.BankView is BankView.Rejected or BankView.CancelledByBank or BankView.ReturnAnnounced or BankView.Returned
            ? new Problem("not_allowed.recall_ended", $"The bank says that {id} was not paid or comes back ({(BankView)order.BankView}).", "Wait for the booked money; a recall would cross it.")
            : null;
    }

    /// <summary>Everything that stands in the message or list, from the rows.</summary>
    static Result<RecallFile> Content(short provinceCode, StoredRecall recall, IReadOnlyList<OrderToRecall> orders, SentBy sent, AccountCipher cipher)
    {
        var first = orders[0];
        var (profile, payerName, debtorBin, customerNo) = sent;
        var bank = BankDirectory.Find(debtorBin);
        var agent = profile.DebtorAgent == AgentForm.Bic ? bank?.Bic : profile.DebtorAgent == AgentForm.NapasNumber ? debtorBin : null;
        if (recall.Form == Message && agent is null)
            return new Problem("payer.bank_without_code", $"The payer's bank {debtorBin} has no {profile.DebtorAgent} for profile {profile.Id}.", "Add it in law/banks.csv, with its source, or have recalls by list in the bank's profile.");
        var payments = new List<PaymentToRecall>();
        foreach (var order in orders)
        {
            var id = order.IdIn(provinceCode);
            if (OpenAccount(cipher, order) is not { } account)
            {
                return new Problem("account.tampered", $"The stored account of {id} does not open with its key, or is not the one its tag was made for.",
                    "Stop, keep the database as it is, and tell the administrator: the row or the key folder was changed.");
            }

            payments.Add(new(id, order.PmtInfId, order.ExecutionDate, new Vnd(order.AmountVnd), BankText.Name(order.HolderName, profile.NameLengthMax).Text, account,
                BankDirectory.Find(order.BankBin)?.ShortName ?? order.BankBin));
        }

        return new RecallFile
        {
            Id = new RecallId(provinceCode, PaymentFiles.DayOf(recall.MadeAt), recall.RecallNo), CreatedAt = recall.MadeAt.WithOffset(VietNam), Reason = RecallReasons.Parse(recall.Reason).Value,
            PayerName = recall.Form == Message ? BankText.Name(payerName, 70).Text : payerName, CustomerNumber = customerNo, BankAgent = agent ?? "", BankName = bank?.Name ?? debtorBin,
            OriginalMessageId = first.MsgId, OriginalMessage = profile.MessageVersion, OriginalCreatedAt = first.NumberedAt.WithOffset(VietNam), Payments = payments,
        };
    }

    /// <summary>The payer, the bank that pays and its profile, as the run that sent the file froze them.</summary>
    sealed record SentBy(BankProfile Profile, string PayerName, string DebtorBin, string? CustomerNo);

    static async Task<SentBy> SentByAsync(DatabaseSession session, short provinceCode, OrderToRecall order, CancellationToken cancel)
    {
        var run = new RunId(provinceCode, Months.FromKey(order.FileMonth), order.FileRunNo);
        var payer = await BankFileStore.LoadAsync(session, run, cancel) ?? throw new InvalidOperationException($"{run} has sent a file and is not there.");
        var route = (await BankFileStore.RoutesAsync(session, run, cancel)).First(route => route.RouteNo == order.RouteNo);
        return new(PaymentProfiles.Of(route.Profile, route.ProfileContent), payer.PayerName, route.DebtorBin, route.CustomerNo);
    }

    static string? OpenAccount(AccountCipher cipher, OrderToRecall order)
    {
        try
        {
            var account = cipher.Decrypt(SecretKind.Account, order.AccountKey, order.AccountCipher);
            return CryptographicOperations.FixedTimeEquals(cipher.AccountTag(order.BankBin, account), order.AccountTag) ? account : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The bytes that the stored hash is of: the message, or the list.</summary>
    static byte[] Bytes(RecallFile file, string form, BankProfile profile)
    {
        using var stream = new MemoryStream();
        if (form == Message) Camt055Writer.Write(stream, file, profile);
        else RecallListFile.Write(stream, file);
        return stream.ToArray();
    }

    static IEnumerable<(string Extension, byte[] Bytes)> Parts(RecallFile file, string form, byte[] bytes)
    {
        if (form == Message) return [(".xml", bytes)];
        using var letter = new MemoryStream();
        RecallPage.Write(letter, file);
        return [(".csv", bytes), (".html", letter.ToArray())];
    }

    /// <summary>What our schema and our own reader find in a message before it is stored. Anything here stops the recall.</summary>
    static List<Problem> Faults(RecallFile file, string form, byte[] bytes)
    {
        if (form != Message) return [];
        var problems = OurSchema.Check(new MemoryStream(bytes), Camt055Writer.MessageVersion).ToList();
        var read = Camt055Reader.ReadBack(new MemoryStream(bytes));
        problems.AddRange(read.Problems);
        if (!read.TryGet(out var back)) return problems;
        var asked = file.Payments.Select((payment, i) => (file.Id.Payment(i + 1), payment.BatchId, payment.Id.ToString(), payment.Amount, RecallReasons.Code(file.Reason)));
        var found = back.Requests.Select(request => (request.CancellationId ?? "", request.BatchId ?? "", request.EndToEndId ?? "", request.Amount ?? Vnd.Zero, request.ReasonCode ?? ""));
        if (back.MessageId != file.Id.ToString() || back.OriginalMessageId != file.OriginalMessageId || !asked.SequenceEqual(found))
            problems.Add(new Problem("fault.recall_differs", $"{file.Id} read back says something else than was asked.", "Nothing was stored. This is a fault of the program."));
        return problems;
    }

    /// <summary>Writes a file that counts: what stands there already must be it.</summary>
    Problem? Put(string path, byte[] bytes)
    {
        if (files.Exists(path))
        {
            using var there = files.Read(path);
            return SHA256.HashData(there).AsSpan().SequenceEqual(SHA256.HashData(bytes)) ? null
                : new Problem("not_allowed.other_file", $"{path} is there already and is not the file that belongs there.", "Nothing that counts is overwritten. Look who put or changed it; write into another folder, or move it away.");
        }

        files.WriteBeside(path, stream => stream.Write(bytes));
        files.Appear(path);
        return null;
    }
}
