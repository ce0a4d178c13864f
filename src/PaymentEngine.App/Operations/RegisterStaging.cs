using System.Globalization;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Operations;

/// <summary>A register file on its way in: recognised, then read.</summary>
sealed class IncomingFile(short fileNo, string name, RegisterFileKind kind, Func<Stream> open)
{
    /// <summary>Its place in the command, from 1.</summary>
    public short FileNo => fileNo;

    /// <summary>As the person named it.</summary>
    public string Name => name;

    public RegisterFileKind Kind => kind;

    public Func<Stream> Open => open;

    public long Rows { get; set; }

    readonly List<Problem> refusals = [];

    public IReadOnlyList<Problem> Refusals => refusals;

    public void Refuse(Problem problem) => refusals.Add(problem);

    public SortedDictionary<string, long> Notices { get; } = new(StringComparer.Ordinal);

    /// <summary>Recognises a file by its header.</summary>
    public static Result<IncomingFile> Recognise(short fileNo, string name, Func<Stream> open) =>
        RegisterFiles.Recognise(open(), name).Select(kind => new IncomingFile(fileNo, name, kind, open));

    /// <summary>Keeps what a finished reading found.</summary>
    public void Finish<T>(RegisterReading<T> reading)
    {
        Rows = reading.RowsRead;
        refusals.AddRange(reading.Refusals.Kept);
        foreach (var (code, count) in reading.Warnings.CountByCode) Notices[code] = count;
    }
}

/// <summary>Reads register files and brings their rows into the temporary tables of a session, sealing numbers on the way. Streaming: memory does not grow with the files.</summary>
sealed class RegisterStaging(RegisterStage stage, AccountCipher cipher, short provinceCode, Action<string, long>? progress)
{
    const int ProgressEvery = 5_000;

    /// <summary>Reads the file and stages the rows that were not refused.</summary>
    public async Task ReadAsync(IncomingFile file, CancellationToken cancel)
    {
        switch (file.Kind)
        {
            case RegisterFileKind.Areas: await ReadAsync(file, RegisterFiles.ReadAreas(file.Open(), file.Name), rows => stage.AreasAsync(rows, cancel)); break;
            case RegisterFileKind.Payers: await ReadAsync(file, RegisterFiles.ReadPayers(file.Open(), file.Name), rows => stage.PayersAsync(OfProvince(file, rows), Account, cancel)); break;
            case RegisterFileKind.People: await ReadAsync(file, RegisterFiles.ReadPeople(file.Open(), file.Name), rows => stage.PeopleAsync(rows, IdNumber, cancel)); break;
            case RegisterFileKind.Awards: await ReadAsync(file, RegisterFiles.ReadAwards(file.Open(), file.Name), rows => stage.AwardsAsync(rows, cancel)); break;
            case RegisterFileKind.Payees: await ReadAsync(file, RegisterFiles.ReadPayees(file.Open(), file.Name), rows => stage.PayeesAsync(rows, Account, cancel)); break;
            case RegisterFileKind.Recoupments: await ReadAsync(file, RegisterFiles.ReadRecoupments(file.Open(), file.Name), rows => stage.RecoupmentsAsync(rows, cancel)); break;
            case RegisterFileKind.Paid: await ReadAsync(file, RegisterFiles.ReadPaid(file.Open(), file.Name), rows => stage.PaidAsync(rows, cancel)); break;
            case RegisterFileKind.LocalStandards: await ReadAsync(file, RegisterFiles.ReadLocalStandards(file.Open(), file.Name), rows => stage.LocalStandardsAsync(rows, cancel)); break;
            default: throw new InvalidOperationException($"{file.Kind} is no register file.");
        }
    }

    async Task ReadAsync<T>(IncomingFile file, RegisterReading<T> reading, Func<IEnumerable<(StagedAt At, T Row)>, Task<long>> copy)
    {
        using (reading)
        {
            await copy(Rows(file, reading));
            file.Finish(reading);
        }
    }

    IEnumerable<(StagedAt At, T Row)> Rows<T>(IncomingFile file, RegisterReading<T> reading)
    {
        foreach (var row in reading)
        {
            if (progress is not null && reading.RowsRead % ProgressEvery == 0) progress(file.Name, reading.RowsRead);
            yield return (new StagedAt(file.FileNo, row.Line), row.Value);
        }
    }

    /// <summary>A payer of another province is not paid from this system.</summary>
    IEnumerable<(StagedAt At, PayerRow Row)> OfProvince(IncomingFile file, IEnumerable<(StagedAt At, PayerRow Row)> payers)
    {
        foreach (var payer in payers)
        {
            if (payer.Row.ProvinceCode == provinceCode.ToString("00", CultureInfo.InvariantCulture)) yield return payer;
            else file.Refuse(new Problem("payer.other_province", string.Create(CultureInfo.InvariantCulture, $"'{payer.Row.PayerCode}' is a payer of province {payer.Row.ProvinceCode}; this database is of province {provinceCode:00}."),
                "Import it into the database of its own province, or correct the code.").In(file.Name, payer.At.Line, "province_code"));
        }
    }

    SealedNumber Account(string bankBin, AccountNumber account)
    {
        var secret = cipher.Seal(bankBin, account);
        return new SealedNumber(secret.Key, secret.Cipher, secret.Tag, secret.Tail);
    }

    SealedNumber IdNumber(string idNumber)
    {
        var secret = cipher.SealIdNumber(idNumber);
        return new SealedNumber(secret.Key, secret.Cipher, secret.Tag, secret.Tail);
    }
}
