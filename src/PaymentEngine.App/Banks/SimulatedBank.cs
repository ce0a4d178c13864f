using System.Globalization;
using System.Text.Json;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.App.Banks;

/// <summary>What the simulated bank did: counts and sums, for people and for tests.</summary>
/// <param name="Files">Paths of the answers.</param>
/// <param name="Answers">The same answers, with what is wrong with those that are not ordinary.</param>
public sealed record SimulationSummary(
    IReadOnlyList<string> Files, IReadOnlyList<SimulatedAnswer> Answers, int Payments, Vnd Sum, int Rejected, Vnd RejectedSum, int Returned, Vnd ReturnedSum, LocalDate FirstDay, LocalDate LastDay);

/// <summary>
/// A bank for practice and tests: reads the files we send, knowing nothing of our database, and writes what a bank writes: status reports, notifications of
/// returns, statements day by day whose balances add up. The same files, seed, scenario, habit and day give the same bytes.
/// </summary>
/// <param name="files">The disk.</param>
/// <param name="seed">Decides together with a payment's id what becomes of it.</param>
/// <param name="scenario">What happens.</param>
/// <param name="calendar">Banking days.</param>
/// <param name="profile">Whose habits the bank has; null: those of the profile in the manifest beside a file, else <see cref="BankHabit.Usual"/>.</param>
/// <param name="habits">Words that change single habits: <see cref="BankHabit.With"/>.</param>
/// <param name="account">The payer's account, for lists that do not say it.</param>
/// <remarks>One file's payments are in memory at a time; of all others only what was rejected, comes back or is told one by one.</remarks>
public sealed class SimulatedBank(IFiles files, ulong seed, BankScenario scenario, BankingCalendar calendar, BankProfile? profile = null, string habits = "", string? account = null)
{
    const int BufferBytes = 256 * 1024;
    const int ManifestBytesMax = 1 << 20;

    readonly SimulatedOutcomes outcomes = new(seed, scenario, calendar);
    readonly string tag = (seed & 0xFFFF).ToString("x4", CultureInfo.InvariantCulture);
    readonly SortedDictionary<string, SimulatedAccount> accounts = new(StringComparer.Ordinal);
    int payments, rejected, returned;
    Vnd sum, rejectedSum, returnedSum;

    /// <summary>Takes every pain.001 and every payment list (CSV, XLSX) of a folder, in the order of their names, and every recall (camt.055) of payments in them, and writes the answers into another, with <c>truth.json</c> beside them.</summary>
    /// <param name="folder">Our files; anything that is neither a message nor a list named by a MsgId is passed over.</param>
    /// <param name="outFolder">Answers of an earlier simulation with the same names are replaced.</param>
    /// <param name="receivedOn">The day the bank takes the files; null: the day each was made.</param>
    /// <returns>The reader's refusals when a file is not a pain.001; <c>simulation.no_files</c> when there is none; <c>usage.habit</c>; <c>simulation.no_uetr</c> when the bank is
    /// to give back ids that the files lack; <c>simulation.no_result_list</c>;
    /// <c>simulation.profile</c> when a manifest names a profile that is not known, or a list has none; what a list is refused for: <see cref="SimulatedPaymentLists"/>. Then nothing is written.</returns>
    public Result<SimulationSummary> Answer(string folder, string outFolder, LocalDate? receivedOn)
    {
        var names = files.List(folder).Where(name => name.EndsWith(".xml", StringComparison.Ordinal) || SimulatedPaymentLists.IsList(name)).ToList();
        if (names.Count == 0) return new Problem("simulation.no_files", $"There is no file to a bank in {folder}.", "Export or send a run into it first.");
        var recalls = new List<Camt055ReadBack>();
        // Everything is read once before anything is written: a file that cannot be answered leaves no half-told story.
        var habitOf = new Dictionary<string, BankHabit>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var named = ProfileFor(folder, name);
            if (!named.IsOk) return Result<SimulationSummary>.Refuse(named.Problems);
            if (named.Value is null && SimulatedPaymentLists.IsList(name))
                return new Problem("simulation.profile", "Nothing says by which profile the list was written: it has no manifest beside it.", "Name the profile with --profile.", new SourceLocation(name));
            var habit = HabitOf(named.Value);
            if (!habit.IsOk) return Result<SimulationSummary>.Refuse(habit.Problems);
            habitOf[name] = scenario.Applied(habit.Value);
            if (habitOf[name] is { SendsResultList: true, ResultList: null })
                return new Problem("simulation.no_result_list", "The bank is to answer by result lists, but its profile names none.", "Name a profile that has results with --profile.", new SourceLocation(name));
            var lacksUetr = false;
            var read = Read(folder, name, habitOf[name], receivedOn, payment => lacksUetr |= payment.Uetr is null);
            if (!read.IsOk && read.Problems[0].Code == "pain001.unknown_message" && ReadRecall(folder, name).TryGet(out var recall))
            {
                recalls.Add(recall);
                habitOf.Remove(name);
                continue;
            }

            if (!read.IsOk) return Result<SimulationSummary>.Refuse([.. read.Problems.Select(problem => problem with { At = new SourceLocation(name, problem.At?.Line) })]);
            if (lacksUetr && habitOf[name].Id == IdHabit.Uetr)
                return new Problem("simulation.no_uetr", "The bank is to give back UETRs, but the file has none.", "Export with a profile that writes UETRs, or choose another id habit.", new SourceLocation(name));
        }

        if (habitOf.Count == 0) return new Problem("simulation.no_files", $"There is no file with payments in {folder}, only recalls.", "Give the folder with the files whose payments are recalled.");
        files.MakeFolder(outFolder);
        var mail = new SimulatedMail(files, outFolder, seed, scenario);
        var recalled = new SimulatedRecalls(mail, tag, seed, calendar);
        foreach (var recall in recalls) recalled.Add(recall);
        using (var truth = new SimulatedTruth(files, outFolder, seed, scenario))
        {
            foreach (var name in names.Where(habitOf.ContainsKey))
            {
                var taken = new List<Pain001Payment>();
                Take(Read(folder, name, habitOf[name], receivedOn, taken.Add).Value, taken, mail, truth, recalled, habitOf[name], receivedOn);
            }

            recalled.Write();

            foreach (var account in accounts.Values) new SimulatedStatements(mail, tag, scenario, calendar).Write(account);
            truth.Finish(mail.Sent, payments, sum);
        }

        files.FlushFolder(outFolder);
        return new SimulationSummary([.. mail.Sent.Select(mail.PathOf)], mail.Sent, payments, sum, rejected, rejectedSum, returned, returnedSum,
            accounts.Values.Min(account => account.FirstDay), accounts.Values.Max(account => account.LastDay(calendar)));
    }

    Result<Pain001ReadBack> Read(string folder, string name, BankHabit habit, LocalDate? receivedOn, Action<Pain001Payment> each)
    {
        if (SimulatedPaymentLists.IsList(name))
        {
            return new SimulatedPaymentLists(files, account).Read(folder, name, ProfileFor(folder, name).Value!, habit.Statements || habit.Notifications, receivedOn, each)
                .Select(list => list with { Batches = [.. list.Batches.Select(batch => batch with { DebtorAgent = BicOf(batch.DebtorAgent!) })] });
        }

        using var stream = files.Read(Path.Combine(folder, name));
        using var buffered = new BufferedStream(stream, BufferBytes);
        // A bank writes its own BIC, however the file names it.
        return Pain001Reader.ReadBack(buffered, each).Select(read => read with { Batches = [.. read.Batches.Select(batch => batch with { DebtorAgent = BicOf(batch.DebtorAgent!) })] });
    }

    static string BicOf(string agent) => !agent.All(char.IsAsciiDigit) ? agent : BankDirectory.Find(agent)?.Bic ?? "XXXXVNVX";

    Result<Camt055ReadBack> ReadRecall(string folder, string name)
    {
        using var stream = files.Read(Path.Combine(folder, name));
        return Camt055Reader.ReadBack(stream);
    }

    /// <summary>The profile of the bank that a file is for; null: nobody says.</summary>
    Result<BankProfile?> ProfileFor(string folder, string name)
    {
        var known = profile;
        var manifest = Path.Combine(folder, Path.ChangeExtension(name, Manifest.Extension));
        if (known is null && files.Exists(manifest) && files.Size(manifest) <= ManifestBytesMax)
        {
            using var stream = files.Read(manifest);
            string? id = null;
            try
            {
                using var json = JsonDocument.Parse(stream);
                if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("bank_profile", out var named)) id = named.GetString();
            }
            catch (JsonException)
            {
                // Whether a manifest is one is asked by `bank verify`; here it only says whose habits to play.
            }

            if (id is not null && (known = BankProfiles.Find(id)) is null)
                return new Problem("simulation.profile", $"The manifest names the bank profile '{id}', which is not known.", "Name a profile with --profile, or put its file into the folder of PAYENGINE_PROFILES.", new SourceLocation(Path.GetFileName(manifest)));
        }

        return Result<BankProfile?>.Ok(known);
    }

    Result<BankHabit> HabitOf(BankProfile? known) => (known is null || known.Id == BankProfiles.GenericId ? BankHabit.Usual : BankHabit.Of(known)).With(habits);

    void Take(Pain001ReadBack message, List<Pain001Payment> taken, SimulatedMail mail, SimulatedTruth truth, SimulatedRecalls recalled, BankHabit habit, LocalDate? receivedOn)
    {
        var madeOn = NodaTime.Text.OffsetDateTimePattern.ExtendedIso.Parse(message.CreatedAt ?? "") is { Success: true } made ? made.Value.Date : throw new InvalidOperationException("A file of ours says when it was made.");
        var day = calendar.OnOrAfter(receivedOn ?? madeOn);
        var answered = new List<AnsweredBatch>();
        var lookup = taken.ToLookup(payment => payment.BatchId);
        var executedOn = day;
        for (var place = 1; place <= message.Batches.Count; place++)
        {
            var batch = message.Batches[place - 1];
            var wanted = NodaTime.Text.LocalDatePattern.Iso.Parse(batch.ExecutionDate ?? "") is { Success: true } date ? date.Value : day;
            executedOn = calendar.OnOrAfter(LocalDate.Max(day, wanted));
            var account = Account(batch, habit);
            var refusesHalf = message.Batches.Count == 1 && scenario.Has(BankScenario.Half);
            var refused = outcomes.RefusesBatch(place);
            var words = new Dictionary<string, string>(StringComparer.Ordinal);
            var answer = new AnsweredBatch(batch, refused, [.. lookup[batch.BatchId!].Select(payment =>
            {
                var (outcome, word) = recalled.Of(payment, batch, refused ? new SimulatedOutcome(SimulatedOutcomes.NotFunded)
                    : outcomes.Of(payment.EndToEndId!, payment.Amount!.Value, executedOn, habit.NamesRejected, refusesHalf), executedOn);
                if (word is not null) words.Add(payment.EndToEndId!, word);
                return (payment, outcome);
            })]);
            answered.Add(answer);
            var debitsAll = !refused && answer.Rejected.Any() && outcomes.DebitsRejected(batch.BatchId!);
            List<Pain001Payment> debited = [.. answer.Payments.Where(payment => debitsAll || payment.Outcome.Rejected is null).Select(payment => payment.Payment)];
            payments += batch.Count;
            sum += batch.Sum;
            account.Take(day, executedOn, message.MessageId!, batch.BatchId!, debited, new Vnd(debited.Sum(payment => payment.Amount!.Value.Amount)), batch.Sum);
            foreach (var (payment, outcome) in answer.Payments)
            {
                truth.Add(message.MessageId!, payment, outcome.Rejected?.Code, outcome.Rejected is null || debitsAll ? executedOn : null, outcome, words.GetValueOrDefault(payment.EndToEndId!));
                if (outcome.Rejected is not null)
                {
                    rejected++;
                    rejectedSum += payment.Amount!.Value;
                }

                if (outcome.Returned is not { } reason) continue;
                returned++;
                returnedSum += outcome.ReturnedSum;
                account.Return(outcome.ReturnedOn, payment, reason, outcome.ReturnedSum);
            }
        }

        if (habit.SendsResultList) new SimulatedResultLists(mail, tag, habit).Write(message, answered, executedOn);
        new SimulatedReports(mail, tag, scenario, habit, calendar).Write(message, answered, day, executedOn);
    }

    SimulatedAccount Account(Pain001Batch batch, BankHabit habit)
    {
        if (accounts.TryGetValue(batch.DebtorAccount!, out var known)) return known;
        var random = SeededRandom.For(seed, SimulatedOutcomes.Hash(batch.DebtorAccount!));
        return accounts[batch.DebtorAccount!] = new SimulatedAccount(batch.DebtorAccount!, batch.DebtorAgent!, new Vnd(random.Between(10, 900) * 100_000L), habit);
    }
}
