using System.CommandLine;
using System.Globalization;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cluster;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine db …</c>: the private cluster, or the server named by PAYENGINE_DB.</summary>
static class DatabaseCommand
{
    public static Command Create(CommandContext context)
    {
        var db = new Command("db", context.Text("Cơ sở dữ liệu: cụm PostgreSQL riêng, hoặc máy chủ ở PAYENGINE_DB", "The database: the private PostgreSQL cluster, or the server of PAYENGINE_DB"));
        db.Add(new Command("start", context.Text("Tạo nếu chưa có và khởi động cụm riêng", "Make the private cluster if there is none, and start it")).Answers(context, (_, cancel) => StartAsync(context, cancel)));
        db.Add(new Command("stop", context.Text("Dừng cụm riêng, dữ liệu giữ nguyên", "Stop the private cluster; the data stay")).Answers(context, _ => Stop(context)));
        db.Add(new Command("status", context.Text("Cụm đang ở đâu, chạy hay không", "Where the cluster is and whether it runs")).Answers(context, _ => Status(context)));
        db.Add(new Command("url", context.Text("In chuỗi kết nối (cho psql và công cụ khác)", "Print the connection string (for psql and other tools)")).Answers(context, (_, cancel) => UrlAsync(context, cancel)));

        var target = new Argument<string>("file") { Description = context.Text("Tệp sao lưu sẽ được ghi", "The file to write") };
        var backup = new Command("backup", context.Text("Sao lưu toàn bộ dữ liệu vào một tệp; khóa mã hóa không nằm trong đó", "Back the whole database up into one file; the keys are not inside")) { target };
        db.Add(backup.Answers(context, (parse, cancel) => BackupAsync(context, Path.GetFullPath(parse.GetRequiredValue(target)), cancel)));

        var source = new Argument<string>("file") { Description = context.Text("Tệp do db backup ghi", "A file written by db backup") };
        var restore = new Command("restore", context.Text("Phục hồi bản sao lưu vào cơ sở dữ liệu trống", "Restore a backup into an empty database")) { source };
        db.Add(restore.Answers(context, (parse, cancel) => RestoreAsync(context, Path.GetFullPath(parse.GetRequiredValue(source)), cancel)));
        return db;
    }

    static bool IsServer(CommandContext context) => context.Settings.Database.Value.Length > 0;

    static PrivateCluster Cluster(CommandContext context) => new(context.Settings.Home.Value, (vi, en) => context.Output.Talk(context.Text(vi, en)));

    static Problem ServerIsNotOurs(CommandContext context) => new("not_allowed.server",
        context.Text("PAYENGINE_DB chỉ tới một máy chủ; chương trình không khởi động hay dừng nó.", "PAYENGINE_DB names a server; this program neither starts nor stops it."),
        context.Text("Dùng công cụ của hệ thống, hoặc bỏ PAYENGINE_DB để dùng cụm riêng.", "Use the system's tools, or unset PAYENGINE_DB to use the private cluster."));

    static async Task<Answer> StartAsync(CommandContext context, CancellationToken cancel)
    {
        if (IsServer(context)) return Answer.Refused(ServerIsNotOurs(context));
        var wasRunning = Cluster(context).State().IsRunning;
        var opened = await context.OpenDatabaseAsync(cancel);
        if (!opened.TryGet(out var database)) return Answer.Refused(opened.Problems);
        await using (database)
        {
            return Answer.Of(new { running = true, started = !wasRunning, data = database.Cluster!.Place.Data }, output => output.Line(wasRunning
                ? context.Text("PostgreSQL riêng đang chạy từ trước.", "The private PostgreSQL was running already.")
                : context.Text($"PostgreSQL riêng đã chạy, dữ liệu ở {database.Cluster.Place.Data}.", $"The private PostgreSQL runs; its data are in {database.Cluster.Place.Data}.")));
        }
    }

    static Answer Stop(CommandContext context) => IsServer(context) ? Answer.Refused(ServerIsNotOurs(context)) : Answer.From(Cluster(context).Stop(), stopped =>
        Answer.Of(new { running = false, stopped }, output => output.Line(stopped
            ? context.Text("Đã dừng PostgreSQL riêng.", "The private PostgreSQL is stopped.")
            : context.Text("PostgreSQL riêng không chạy.", "The private PostgreSQL was not running."))));

    static Answer Status(CommandContext context)
    {
        if (IsServer(context))
        {
            var server = DatabaseLook.WithoutPassword(context.Settings.Database.Value);
            return Answer.Of(new { kind = "server", connection = server }, output => output.Line(context.Text($"Máy chủ: {server}", $"Server: {server}")));
        }
        var cluster = Cluster(context);
        var state = cluster.State();
        return Answer.Of(new { kind = "private", made = state.IsMade, running = state.IsRunning, process_id = state.ProcessId, version = state.Version, data = cluster.Place.Data, sockets = cluster.Place.Sockets, log = cluster.Place.Log }, output =>
        {
            var table = new TextTable(new TextColumn(context.Text("Mục", "Item")), new TextColumn(context.Text("Giá trị", "Value")));
            table.Row(context.Text("Trạng thái", "State"), state.IsRunning ? context.Text("đang chạy", "running") : state.IsMade ? context.Text("đã dừng", "stopped") : context.Text("chưa tạo", "not made yet"));
            table.Row("PostgreSQL", state.Version ?? "–");
            table.Row(context.Text("Tiến trình", "Process"), state.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "–");
            table.Row(context.Text("Dữ liệu", "Data"), cluster.Place.Data);
            table.Row("Socket", cluster.Place.Sockets);
            table.Row(context.Text("Nhật ký", "Log"), cluster.Place.Log);
            output.Table(table);
        });
    }

    static async Task<Answer> UrlAsync(CommandContext context, CancellationToken cancel)
    {
        if (!IsServer(context))
        {
            var opened = await context.OpenDatabaseAsync(cancel);
            if (!opened.TryGet(out var database)) return Answer.Refused(opened.Problems);
            await using (database)
            {
                var place = database.Cluster!.Place;
                var connection = Database.ConnectionStringFor(database.Cluster, "");
                var psql = $"psql -h {place.Sockets} -p {ClusterPlace.Port.ToString(CultureInfo.InvariantCulture)} -U {PrivateCluster.Superuser} {Database.Name}";
                return Answer.Of(new { connection, psql }, output =>
                {
                    output.Line(connection);
                    output.Talk($"psql: {psql}");
                });
            }
        }
        return Answer.Of(new { connection = context.Settings.Database.Value }, output => output.Line(context.Settings.Database.Value));
    }

    static async Task<Answer> BackupAsync(CommandContext context, string file, CancellationToken cancel)
    {
        var opened = await context.OpenDatabaseAsync(cancel);
        if (!opened.TryGet(out var database)) return Answer.Refused(opened.Problems);
        await using (database)
        {
            return Answer.From(Backup.Write(database.Cluster, context.Settings.Database.Value, file), bytes => Answer.Of(new { file, bytes, keys_inside = false, keys = context.Settings.Keys.Value }, output =>
            {
                output.Line(context.Text($"Đã sao lưu vào {file} ({ViText.Bytes(bytes)}).", $"Backed up into {file} ({ViText.Bytes(bytes)})."));
                output.Line(context.Text($"Khóa mã hóa KHÔNG nằm trong bản sao lưu: hãy cất riêng thư mục {context.Settings.Keys.Value}.", $"The keys are NOT inside: keep the folder {context.Settings.Keys.Value} elsewhere, apart from it."));
            }));
        }
    }

    static async Task<Answer> RestoreAsync(CommandContext context, string file, CancellationToken cancel)
    {
        // No tables are made beforehand: the copy brings its own.
        var opened = await Database.OpenEmptyAsync(context.Settings.Home.Value, context.Settings.Database.Value, context.Actions, (vi, en) => context.Output.Talk(context.Text(vi, en)), cancel);
        if (!opened.TryGet(out var database)) return Answer.Refused(opened.Problems);
        await using (database)
        {
            var restored = await Backup.RestoreAsync(database.Cluster, context.Settings.Database.Value, file, cancel);
            if (restored.IsOk)
            {
                // What left the house after this copy was made is not in it: a new epoch begins behind a closed fence.
                var ready = await context.OpenDatabaseAsync(cancel);
                if (!ready.TryGet(out var store)) return Answer.Refused(ready.Problems);
                await using (store) await new Fences(store, context.Files, context.Clock, context.HeadsFolder).AfterRestoreAsync($"The database was restored from {Path.GetFileName(file)}.", cancel);
            }

            return Answer.From(restored, _ => Answer.Said(context.Text($"Đã phục hồi từ {file}. Nhớ đặt lại thư mục khóa: {context.Settings.Keys.Value}.", $"Restored from {file}. Put the key folder back too: {context.Settings.Keys.Value}.")));
        }
    }
}
