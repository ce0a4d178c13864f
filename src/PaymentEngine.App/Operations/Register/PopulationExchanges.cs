using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Population;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Operations.Register;

/// <summary>The state of one person in an exchange, in the order of the work.</summary>
public enum ExchangeState : byte
{
    /// <summary>Sent, no answer yet (đã gửi).</summary>
    Asked,

    /// <summary>Found, nothing differs (khớp).</summary>
    Matched,

    /// <summary>Found, something differs, nobody has decided (lệch, chờ xử lý).</summary>
    Different,

    /// <summary>Not found (không có trong cơ sở dữ liệu).</summary>
    NotFound,

    /// <summary>Several fit (có nhiều bản ghi).</summary>
    Several,

    /// <summary>Something of the answer was taken over (đã đính chính).</summary>
    Corrected,

    /// <summary>Ours stays, with a reason (giữ nguyên).</summary>
    Kept,
}

/// <summary>What an import of answers did.</summary>
public sealed record AnswersTaken(int ExchangeNo, int Rows, int New, int Unchanged, int Matched, int Different, int NotFound, int Unanswered, IReadOnlyDictionary<string, int> ByDifference);

/// <summary>What a decision did.</summary>
public sealed record ExchangeDecided(int ExchangeNo, int Corrected, int Kept, int Left);

/// <summary>The marks of one record with its words.</summary>
public sealed record PersonQuality(QualityRow Row, DataQuality Quality);

/// <summary>The exchange with the population database (đối chiếu với CSDL quốc gia về dân cư, Quy trình 3936): ask, take in, decide, correct; and the four marks of data. F5 F14.</summary>
public sealed class PopulationExchanges(Database database, AccountCipher cipher, IClock clock, IFiles files)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    static readonly (string Title, bool IsNumber)[] askedColumns =
        [("stt", true), ("person_id", false), ("id_number", false), ("full_name", false), ("birth", false), ("sex", false), ("commune_code", false), ("household_id", false), ("old_numbers", false)];

    /// <summary>Writes the list of a commune's living people for the police, and remembers who was asked about.</summary>
    /// <param name="caller">Account editor, maker or administrator who acts for the commune: the list holds identity numbers in clear.</param>
    /// <param name="communeCode">5 digits.</param>
    /// <param name="path">A new file, .csv or .xlsx.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<StoredExchange>> ExportAsync(Caller caller, string communeCode, string path, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PeopleExchangeExport) is { } lacking) return lacking;
        if (!TableFile.IsNamed(path)) return new Problem("file.form", $"'{Path.GetFileName(path)}' says no form.", "Name a file that ends in .csv or .xlsx.");
        if (files.Exists(path)) return new Problem("file.exists", $"{path} is there already.", "Name another file; files are never overwritten.", new SourceLocation(path));
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        if (await PopulationStore.CommuneAsync(session, caller.ProvinceCode, communeCode, cancel) is not { } commune || caller.Communes?.Contains(commune.CommuneId) == false)
            return new Problem("commune.unknown", $"There is no commune {communeCode} that you may see.", "Use a code of the register's areas.");
        var asked = (await PersonStore.OfCommuneAsync(session, caller.ProvinceCode, commune.CommuneId, cancel)).Where(person => person.Death is null).ToList();
        if (asked.Count == 0) return new Problem("exchange.nobody", $"Nobody alive lives in commune {communeCode}.", "Import the register first, or name another commune.");
        var rows = await new RegisterChanges(cipher).ReadAsync(session, caller.ProvinceCode, [.. asked.Select(person => person.PersonId)], cancel);
        var old = await DuplicateStore.NumbersAsync(session, caller.ProvinceCode, (key, text) => cipher.Decrypt(SecretKind.IdNumber, key, text), cancel, [.. asked.Select(person => person.RecipientId)]);

        byte[] sha256;
        using (var bytes = new MemoryStream())
        {
            TableFile.Write(bytes, path, "Doi chieu dan cu", askedColumns, asked.Select((person, place) => (IReadOnlyList<string>)
            [
                (place + 1).ToString(CultureInfo.InvariantCulture), person.PersonId, rows[person.PersonId].Latest.IdNumber ?? "", person.FullName, rows[person.PersonId].Latest.Birth.ToString(),
                (Sex)person.Sex switch { Sex.Male => "M", Sex.Female => "F", _ => "" }, person.CommuneCode, person.HouseholdId ?? "",
                string.Join(';', (old.GetValueOrDefault(person.RecipientId) ?? []).Where(number => number != rows[person.PersonId].Latest.IdNumber)),
            ]));
            bytes.Position = 0;
            sha256 = SHA256.HashData(bytes);
            bytes.Position = 0;
            using var stream = files.CreateBeside(path);
            await bytes.CopyToAsync(stream, cancel);
            files.FlushToDisk(stream);
        }

        int exchangeNo;
        try
        {
            exchangeNo = await session.InTransactionAsync(async () =>
            {
                await PopulationStore.LockAsync(session, caller.ProvinceCode, cancel);
                var number = await PopulationStore.NextExchangeAsync(session, caller.ProvinceCode, cancel);
                var hash = OperationLog.RequestHash(communeCode, Convert.ToHexString(sha256));
                var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, FormattableString.Invariant($"people.exchange {number}"), "people.exchange.export", hash, caller.UserName, at, cancel);
                await PopulationStore.InsertExchangeAsync(session, caller.ProvinceCode, number, commune.CommuneId, [.. asked.Select(person => person.RecipientId)], Path.GetFileName(path), sha256, (caller.UserName, at, start.OperationNo), cancel);
                var said = JsonText.Write(new { exchange = number, commune = communeCode, people = asked.Count, sha256 = Convert.ToHexStringLower(sha256) });
                await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
                return number;
            }, cancel: cancel);
        }
        catch
        {
            files.Discard(path);
            throw;
        }

        files.Appear(path);
        return (await PopulationStore.ExchangesAsync(session, caller.ProvinceCode, exchangeNo, cancel))[0];
    }

    /// <summary>All exchanges as the caller's eyes see them.</summary>
    public async Task<IReadOnlyList<StoredExchange>> ListAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await PopulationStore.ExchangesAsync(session, caller.ProvinceCode, 0, cancel);
    }

    /// <summary>Everybody of an exchange with answer and state.</summary>
    public async Task<Result<(StoredExchange Exchange, IReadOnlyList<StoredAnswer> People)>> ShowAsync(Caller caller, int exchangeNo, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        if (await PopulationStore.ExchangesAsync(session, caller.ProvinceCode, exchangeNo, cancel) is not [var exchange]) return Unknown(exchangeNo);
        return (exchange, await PopulationStore.AnswersAsync(session, caller.ProvinceCode, exchangeNo, null, cancel));
    }

    /// <summary>The state of a person in an exchange.</summary>
    public static ExchangeState StateOf(StoredAnswer answer) => answer switch
    {
        { AnswerNo: 0 } => ExchangeState.Asked,
        { Corrected: > 0 } => ExchangeState.Corrected,
        { Corrected: 0 } => ExchangeState.Kept,
        { Outcome: (short)PopulationOutcome.NotFound } => ExchangeState.NotFound,
        { Outcome: (short)PopulationOutcome.Several } => ExchangeState.Several,
        { Differences: 0 } => ExchangeState.Matched,
        _ => ExchangeState.Different,
    };

    /// <summary>Takes an answer in: every row belongs to somebody who was asked about, or nothing is taken. The register stays as it is: differences wait for a decision.</summary>
    /// <param name="caller">Account editor, maker or administrator.</param>
    /// <param name="exchangeNo">The exchange it answers.</param>
    /// <param name="path">population-answers.csv or a workbook of the same columns.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<AnswersTaken>> ImportAsync(Caller caller, int exchangeNo, string path, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PeopleExchangeImport) is { } lacking) return lacking;
        var read = NoticeReading.Read(files, path, NoticeFiles.ReadAnswers);
        if (!read.TryGet(out var file)) return Result<AnswersTaken>.Refuse(read.Problems);
        if (await SeesAsync(caller, exchangeNo, cancel) is { } not) return not;
        var at = clock.GetCurrentInstant();
        var today = at.InZone(Zone).Date;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<AnswersTaken>>(async () =>
        {
            await new RegisterStore(session, caller.ProvinceCode).LockAsync(cancel);
            await PopulationStore.LockAsync(session, caller.ProvinceCode, cancel);
            var asked = (await PopulationStore.AnswersAsync(session, caller.ProvinceCode, exchangeNo, null, cancel)).ToDictionary(person => person.PersonId, StringComparer.Ordinal);
            var problems = new List<Problem>();
            foreach (var (line, answer) in file.Rows)
            {
                if (!asked.ContainsKey(answer.PersonId)) problems.Add(new Problem("exchange.not_asked", $"Exchange {exchangeNo} did not ask about '{answer.PersonId}'.", "Is it the answer to another exchange? Keep the person_id column as it was sent.").In(file.Name, line, "person_id"));
                if (answer.CheckedOn > today) problems.Add(new Problem("notice.future", $"{NodaTime.Text.LocalDatePattern.Iso.Format(answer.CheckedOn)} is after today.", "Correct the day of the answer.").In(file.Name, line, "checked_on"));
                if (answer.Death > today) problems.Add(new Problem("notice.future", $"{NodaTime.Text.LocalDatePattern.Iso.Format(answer.Death.Value)} is after today.", "Correct the day of death.").In(file.Name, line, "death"));
            }

            if (problems.Count > 0) return Result<AnswersTaken>.Refuse(problems);
            var changes = new RegisterChanges(cipher);
            var register = await changes.ReadAsync(session, caller.ProvinceCode, [.. file.Rows.Select(row => row.Value.PersonId)], cancel);
            var (fresh, unchanged) = (new List<NewAnswer>(), 0);
            var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (var (_, answer) in file.Rows)
            {
                var person = asked[answer.PersonId];
                if (IsSame(person, answer))
                {
                    unchanged++;
                    continue;
                }

                var differences = PopulationMatch.Of(register[answer.PersonId].Latest, answer);
                foreach (var one in Enum.GetValues<PopulationDifference>())
                    if (one != PopulationDifference.None && differences.HasFlag(one)) counts[one.ToString()] = counts.GetValueOrDefault(one.ToString()) + 1;
                fresh.Add(new NewAnswer(person.RecipientId, (short)answer.Outcome, answer.IdNumber is { } number ? changes.IdNumber(number) : null, answer.FullName, answer.Birth?.ToString(), (short)answer.Sex, answer.Death, answer.CommuneCode,
                    answer.CheckedOn, answer.Note, (int)differences));
            }

            if (fresh.Count > 0)
            {
                var hash = OperationLog.RequestHash(file.Sha256, FormattableString.Invariant($"{exchangeNo}"), at.ToString());
                var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"people.exchange.import {exchangeNo} {Convert.ToHexStringLower(hash)}", "people.exchange.import", hash, caller.UserName, at, cancel);
                await PopulationStore.InsertAnswersAsync(session, caller.ProvinceCode, exchangeNo, fresh, file.Name, (caller.UserName, at, start.OperationNo), cancel);
                var said = JsonText.Write(new { exchange = exchangeNo, sha256 = file.Sha256, rows = file.Rows.Count, answers = fresh.Count, unchanged, differences = counts });
                await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            }

            var after = await PopulationStore.AnswersAsync(session, caller.ProvinceCode, exchangeNo, null, cancel);
            int Count(params ExchangeState[] states) => after.Count(person => states.Contains(StateOf(person)));
            return new AnswersTaken(exchangeNo, file.Rows.Count, fresh.Count, unchanged, Count(ExchangeState.Matched), Count(ExchangeState.Different), Count(ExchangeState.NotFound, ExchangeState.Several), Count(ExchangeState.Asked), counts);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Decides differences: what of the answer is taken over becomes a new row of the register, what is not stays with its reason.</summary>
    /// <param name="caller">Account editor, maker or administrator.</param>
    /// <param name="exchangeNo">The exchange.</param>
    /// <param name="personIds">Whom it is about; empty: everybody undecided whose differences only complete our record (a missing number, marks of the name, a finer birth, the sex).</param>
    /// <param name="takeOver">False: ours stays.</param>
    /// <param name="reason">What was looked at.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<ExchangeDecided>> DecideAsync(Caller caller, int exchangeNo, IReadOnlyList<string> personIds, bool takeOver, string reason, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PeopleExchangeDecide) is { } lacking) return lacking;
        reason = reason.Trim();
        if (reason.Length == 0) return new Problem("usage.reason_missing", "A decision says what was looked at.", "Give --reason \"…\".");
        if (await SeesAsync(caller, exchangeNo, cancel) is { } not) return not;
        var at = clock.GetCurrentInstant();
        var today = at.InZone(Zone).Date;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ExchangeDecided>>(async () =>
        {
            await new RegisterStore(session, caller.ProvinceCode).LockAsync(cancel);
            await PopulationStore.LockAsync(session, caller.ProvinceCode, cancel);
            var all = (await PopulationStore.AnswersAsync(session, caller.ProvinceCode, exchangeNo, null, cancel)).ToDictionary(person => person.PersonId, StringComparer.Ordinal);
            var problems = new List<Problem>();
            foreach (var personId in personIds)
            {
                if (!all.TryGetValue(personId, out var person)) problems.Add(new Problem("exchange.not_asked", $"Exchange {exchangeNo} did not ask about '{personId}'.", "Use a person_id of the exchange."));
                else if (StateOf(person) != ExchangeState.Different) problems.Add(new Problem("exchange.nothing_open", $"{personId} is {StateOf(person)}: nothing waits for a decision.", "See the open ones: payengine people exchange show N."));
            }

            if (problems.Count > 0) return Result<ExchangeDecided>.Refuse(problems);
            var open = all.Values.Where(person => StateOf(person) == ExchangeState.Different).ToList();
            var wanted = personIds.Count > 0 ? open.Where(person => personIds.Contains(person.PersonId)).ToList()
                : open.Where(person => ((PopulationDifference)person.Differences & ~PopulationMatch.Completing) == 0).ToList();
            if (wanted.Count == 0) return new ExchangeDecided(exchangeNo, 0, 0, open.Count);

            var changes = new RegisterChanges(cipher);
            var hash = OperationLog.RequestHash([exchangeNo.ToString(CultureInfo.InvariantCulture), takeOver ? "correct" : "keep", reason, .. wanted.Select(person => person.PersonId)]);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"people.exchange.decide {exchangeNo} {Convert.ToHexStringLower(OperationLog.RequestHash(Convert.ToHexString(hash), at.ToString()))}", "people.exchange.decide", hash, caller.UserName, at, cancel);
            var by = (caller.UserName, at, start.OperationNo);
            var decisions = new List<(int, int, int)>();
            var (fresh, noted) = (new NewRows(), new List<NotedChange>());
            var register = takeOver ? await changes.ReadAsync(session, caller.ProvinceCode, [.. wanted.Select(person => person.PersonId)], cancel) : null;
            foreach (var person in wanted)
            {
                var fields = PopulationDifference.None;
                if (register is not null)
                {
                    var (ours, theirs) = (register[person.PersonId].Latest, AnswerOf(person));
                    // What an import changed meanwhile is not asked for any more; a commune is never corrected here.
                    fields = PopulationMatch.Of(ours, theirs) & (PopulationDifference)person.Differences & ~PopulationDifference.Commune;
                    if (fields != PopulationDifference.None)
                    {
                        fresh.Facts.Add((new StagedAt(1, fresh.Facts.Count + 1), PopulationMatch.Corrected(ours, theirs, fields, today)));
                        noted.Add(new NotedChange(person.RecipientId, "correction", theirs.CheckedOn, today, $"{fields}: {reason}", FormattableString.Invariant($"population database, exchange {exchangeNo}, {NodaTime.Text.LocalDatePattern.Iso.Format(theirs.CheckedOn)}")));
                    }
                    else if (((PopulationDifference)person.Differences & PopulationDifference.Commune) != 0 && person.Differences == (int)PopulationDifference.Commune)
                    {
                        return new Problem("exchange.commune", $"{person.PersonId} lives in {person.TheirCommune} by the population database. A commune is not corrected here: a move counts from a month.",
                            "Give the move by a file: payengine people moves F; then keep this answer with that reason.");
                    }
                }

                decisions.Add((person.RecipientId, person.AnswerNo, (int)fields));
            }

            var refused = await changes.ApplyAsync(session, caller.ProvinceCode, fresh, FormattableString.Invariant($"exchange {exchangeNo}"), start.OperationNo, at, cancel);
            if (refused.Count > 0) return Result<ExchangeDecided>.Refuse(refused);
            await PopulationStore.InsertDecisionsAsync(session, caller.ProvinceCode, exchangeNo, decisions, reason, by, cancel);
            await PersonStore.InsertChangesAsync(session, caller.ProvinceCode, noted, by, cancel);
            var done = new ExchangeDecided(exchangeNo, decisions.Count(one => one.Item3 != 0), decisions.Count(one => one.Item3 == 0), open.Count - wanted.Count);
            var said = JsonText.Write(new { exchange = exchangeNo, reason, done.Corrected, done.Kept, people = wanted.Select(person => person.PersonId) });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return done;
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>The four marks of every record of a commune, or of all the caller sees, with what each lacks.</summary>
    /// <param name="caller">Sees people of their communes.</param>
    /// <param name="communeCode">Null: all.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public async Task<Result<IReadOnlyList<PersonQuality>>> QualityAsync(Caller caller, string? communeCode, CancellationToken cancel = default)
    {
        var today = clock.GetCurrentInstant().InZone(Zone).Date;
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var communeId = 0;
        if (communeCode is not null)
        {
            if (await PopulationStore.CommuneAsync(session, caller.ProvinceCode, communeCode, cancel) is not { } commune) return new Problem("commune.unknown", $"There is no commune {communeCode}.", "Use a code of the register's areas.");
            communeId = commune.CommuneId;
        }

        var rows = await PopulationStore.QualityAsync(session, caller.ProvinceCode, communeId, today, cancel);
        return Result<IReadOnlyList<PersonQuality>>.Ok([.. rows.Select(row => new PersonQuality(row, DataQuality.Of(new DataFacts
        {
            IdNumber = row is { IdNumberKey: { } key, IdNumberCipher: { } text } ? cipher.Decrypt(SecretKind.IdNumber, key, text) : null,
            Birth = new BirthDate(row.BirthYear, (byte)row.BirthMonth, (byte)row.BirthDay), Sex = (Sex)row.Sex, Death = row.Death, Outcome = (PopulationOutcome?)row.Outcome, CheckedOn = row.CheckedOn,
            IsUndecided = row.IsUndecided ?? false, HasOpenPair = row.HasOpenPair, SharesNumber = row.SharesNumber, HasAward = row.HasAward, HasPayee = row.HasPayee,
        }, today, RegisterCodes.IdentityPrefixes)))]);
    }

    PopulationAnswer AnswerOf(StoredAnswer stored) => new(stored.PersonId, (PopulationOutcome)stored.Outcome, stored is { IdNumberKey: { } key, IdNumberCipher: { } text } ? cipher.Decrypt(SecretKind.IdNumber, key, text) : null, stored.TheirName,
        stored.TheirBirth is { } birth ? BirthDate.Parse(birth).Value : null, (Sex)stored.TheirSex, stored.TheirDeath, stored.TheirCommune, stored.CheckedOn!.Value, stored.Note);

    bool IsSame(StoredAnswer stored, PopulationAnswer answer) => stored.AnswerNo > 0 && AnswerOf(stored) == answer;

    /// <summary>Only people of the caller's communes are imported for or decided about.</summary>
    async Task<Problem?> SeesAsync(Caller caller, int exchangeNo, CancellationToken cancel)
    {
        await using var eyes = await database.DeskAsync(caller.Scope, cancel);
        return (await PopulationStore.ExchangesAsync(eyes, caller.ProvinceCode, exchangeNo, cancel)).Count == 1 ? null : Unknown(exchangeNo);
    }

    static Problem Unknown(int exchangeNo) => new("exchange.unknown", FormattableString.Invariant($"There is no exchange {exchangeNo} of your communes."), "See them: payengine people exchange.");
}
