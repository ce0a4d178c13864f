using PaymentEngine.App.Banks;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Banks;

[Collection(BankCollection.Name)]
public class HandOverTests(ApprovedRuns world)
{
    HandOvers HandOvers => world.HandOvers;

    [PostgresFact]
    public async Task A_file_dropped_into_the_banks_folder_is_in_transit_and_is_not_dropped_twice()
    {
        var (run, file) = await SealedAsync("drop");
        var bank = world.Folder("bank-drop");
        var sent = (await HandOvers.SendAsync(world.Maker, run, new FolderChannel(world.Files, bank))).Value;
        Assert.True(sent.AllSent);
        Assert.Equal([file.MsgId + ".xml"], Directory.GetFiles(bank).Select(Path.GetFileName));
        Assert.Equal(await File.ReadAllBytesAsync(file.Path), await File.ReadAllBytesAsync(Path.Combine(bank, file.MsgId + ".xml")));
        Assert.Equal([(3, 4, 3, 1_500_000L)], await PostingsAsync(run));
        Assert.Equal(3, await StandingAsync(run, 4));

        // The bank takes it away; the command given again does nothing.
        File.Delete(Path.Combine(bank, file.MsgId + ".xml"));
        var again = (await HandOvers.SendAsync(world.Maker, run, new FolderChannel(world.Files, bank))).Value;
        Assert.False(again.Files[0].IsNew);
        Assert.Empty(Directory.GetFiles(bank));
        Assert.Single(await PostingsAsync(run));
    }

    [PostgresFact]
    public async Task A_sealed_file_with_one_changed_byte_is_not_sent()
    {
        var (run, file) = await SealedAsync("changed");
        var bytes = await File.ReadAllBytesAsync(file.Path);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(file.Path, bytes);
        var refused = await HandOvers.SendAsync(world.Maker, run, new FolderChannel(world.Files, world.Folder("bank-changed")));
        Assert.Equal("not_allowed.sealed_file_changed", refused.Problems[0].Code);
        Assert.Equal("not_allowed.sealed_file_changed", (await HandOvers.RecordAsync(world.Maker, run, "on a stick")).Problems[0].Code);
        Assert.Empty(await PostingsAsync(run));
    }

    [PostgresFact]
    public async Task Another_file_of_the_same_name_in_the_banks_folder_stays_as_it_is()
    {
        var (run, file) = await SealedAsync("taken");
        var bank = world.Folder("bank-taken");
        Directory.CreateDirectory(bank);
        await File.WriteAllTextAsync(Path.Combine(bank, file.MsgId + ".xml"), "theirs");
        Assert.Equal("not_allowed.name_taken", (await HandOvers.SendAsync(world.Maker, run, new FolderChannel(world.Files, bank))).Problems[0].Code);
        Assert.Equal("theirs", await File.ReadAllTextAsync(Path.Combine(bank, file.MsgId + ".xml")));
    }

    [PostgresFact]
    public async Task A_sending_whose_end_nobody_saw_is_proven_by_the_same_bytes_in_the_folder()
    {
        var (run, file) = await SealedAsync("proven");
        var bank = world.Folder("bank-proven");
        await Assert.ThrowsAsync<PowerCut>(() => HandOvers.SendAsync(world.Maker, run, new CutAfterSending(new FolderChannel(world.Files, bank))));
        Assert.Equal(3, await StandingAsync(run, 4));
        var sent = (await HandOvers.SendAsync(world.Maker, run, new FolderChannel(world.Files, bank))).Value;
        Assert.Contains("Found in", sent.Files[0].Evidence, StringComparison.Ordinal);
        Assert.True(sent.AllSent);
        Assert.Single(await PostingsAsync(run));
        Assert.Equal(file.MsgId, sent.Files[0].MsgId);
    }

    [PostgresFact]
    public async Task A_doubtful_sending_is_never_repeated_by_the_program_and_ends_with_what_a_person_says()
    {
        var (run, file) = await SealedAsync("doubt");
        var bank = world.Folder("bank-doubt");
        await Assert.ThrowsAsync<PowerCut>(() => HandOvers.SendAsync(world.Maker, run, new CutAfterSending(new FolderChannel(world.Files, bank))));
        Directory.Delete(bank, recursive: true);
        Assert.Equal("not_allowed.in_doubt", (await HandOvers.SendAsync(world.Maker, run, new FolderChannel(world.Files, bank))).Problems[0].Code);
        Assert.False(Directory.Exists(bank));
        Assert.Equal("file_in_doubt", await StepOfAsync(file));

        Assert.True((await HandOvers.RecordNotSentAsync(world.Maker, run, "Bà Hoa, Agribank Vinh, 2/11")).IsOk);
        Assert.Equal(3, await StandingAsync(run, 3));
        Assert.Equal("file_to_send", await StepOfAsync(file));
        Assert.True((await HandOvers.SendAsync(world.Maker, run, new FolderChannel(world.Files, bank))).Value.AllSent);
        Assert.Null(await StepOfAsync(file));
        Assert.Equal([(3, 4, 3, 1_500_000L), (4, 3, 3, 1_500_000L), (3, 4, 3, 1_500_000L)], await PostingsAsync(run));
    }

    [PostgresFact]
    public async Task A_hand_over_by_a_person_is_recorded_with_who_and_how()
    {
        var (run, _) = await SealedAsync("recorded");
        Assert.Equal("usage.evidence_missing", (await HandOvers.RecordAsync(world.Maker, run, " ")).Problems[0].Code);
        Assert.True((await HandOvers.RecordAsync(world.Maker, run, "USB, bà Hoa ký nhận 2/11")).Value.AllSent);
        await using var session = await world.Database.RunAsync(default);
        Assert.Equal("handed_over", await session.SingleAsync<string>("SELECT step FROM run_state WHERE run_no = @RunNo", new { run.RunNo }));
    }

    [PostgresFact]
    public async Task Nothing_is_sent_before_it_is_sealed()
    {
        var run = await world.AddAsync(1);
        Assert.Equal("not_allowed.run_not_sealed", (await HandOvers.RecordAsync(world.Maker, run, "stick")).Problems[0].Code);
    }

    /// <summary>What the first page says of a file.</summary>
    async Task<string?> StepOfAsync(ExportedFile file) => (await new Casework(world.Database, world.Clock).StartAsync(world.Maker, default)).Value.Steps.SingleOrDefault(step => step.Subject == file.MsgId)?.What;

    sealed class PowerCut : Exception;

    /// <summary>The power goes when the file is in the folder and before anybody could write that down.</summary>
    sealed class CutAfterSending(IBankChannel channel) : IBankChannel
    {
        public string Name => channel.Name;

        public Task<InChannel> LookAsync(string fileName, string sha256, CancellationToken cancel) => channel.LookAsync(fileName, sha256, cancel);

        public Task BringAsync(string sealedPath, string fileName, string sha256, CancellationToken cancel) => channel.BringAsync(sealedPath, fileName, sha256, cancel);

        public async Task<SendReport> AppearAsync(string fileName, string sha256, CancellationToken cancel)
        {
            await channel.AppearAsync(fileName, sha256, cancel);
            throw new PowerCut();
        }

        public Task<TakeBackOutcome> SetAsideAsync(string fileName, string sha256, CancellationToken cancel) => channel.SetAsideAsync(fileName, sha256, cancel);

        public Task ClearAsideAsync(string fileName, CancellationToken cancel) => channel.ClearAsideAsync(fileName, cancel);
    }

    async Task<(RunId Run, ExportedFile File)> SealedAsync(string name)
    {
        var run = await world.AddAsync(3);
        return (run, (await world.Exports.ExportAsync(world.Maker, run, world.Folder(name))).Value.Files[0]);
    }

    async Task<IReadOnlyList<(int From, int To, int Items, long Sum)>> PostingsAsync(RunId run)
    {
        await using var session = await world.Database.RunAsync(default);
        return await session.QueryAsync<(int, int, int, long)>("SELECT from_place::int, to_place::int, items, sum_vnd FROM posting WHERE run_no = @RunNo AND file_no IS NOT NULL ORDER BY posting_no", new { run.RunNo });
    }

    Task<int> StandingAsync(RunId run, int place) => world.StandingAsync(run, place);
}
