using System.Globalization;
using Npgsql;
using PaymentEngine.Core;

namespace PaymentEngine.Postgres.Cluster;

/// <summary>A copy of the whole database in one file (pg_dump's custom format) and back. The keys are not inside: without them account numbers stay cipher text.</summary>
public static class Backup
{
    /// <summary>Writes the copy. The file must not be there yet.</summary>
    public static Result<long> Write(PrivateCluster? cluster, string connectionString, string file)
    {
        if (File.Exists(file)) return new Problem("backup.exists", $"{file} is already there.", "Name a new file: a backup is never overwritten.");
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file)))) return new Problem("backup.no_folder", $"The folder of {file} is not there.", "Make it first, for you alone: chmod 700.");
        return Tools(cluster).Then(tools =>
        {
            // Names and addresses are inside, so it is its owner's alone; and it stands under its name when it is whole, never before.
            var unfinished = file + ".tmp";
            File.Delete(unfinished);
            new FileStream(unfinished, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }).Dispose();
            // Roles are cluster-wide and made by the program, so owner and grants inside the copy find them again.
            var (exit, said) = PostgresTools.Run([tools.Tool("pg_dump"), "--format=custom", "--no-password", "--file", unfinished], Reach(cluster, connectionString));
            if (exit != 0)
            {
                File.Delete(unfinished);
                return new Problem("neighbour.backup", $"pg_dump failed: {said}", "Check the place of the file and payengine db status.");
            }

            using (var written = File.OpenHandle(unfinished, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(written);
            File.Move(unfinished, file, overwrite: false);
            return Result<long>.Ok(new FileInfo(file).Length);
        });
    }

    /// <summary>Puts a copy into an empty database. Refused when the database holds anything.</summary>
    public static async Task<Result<bool>> RestoreAsync(PrivateCluster? cluster, string connectionString, string file, CancellationToken cancel)
    {
        if (!File.Exists(file)) return new Problem("backup.absent", $"{file} is not there.", "Name the file that payengine db backup wrote.");
        await using (var connection = new NpgsqlConnection(Database.ConnectionStringFor(cluster, connectionString)))
        {
            await connection.OpenAsync(cancel);
            await using var count = new NpgsqlCommand("-- Backup.Restore: is it empty\nSELECT count(*) FROM pg_tables WHERE schemaname = 'public'", connection);
            if ((long)(await count.ExecuteScalarAsync(cancel))! > 0)
                return new Problem("not_allowed.restore", "The database is not empty.", "Restore into a new PAYENGINE_HOME or an empty database of the server; nothing that is there is ever replaced.");
        }
        return Tools(cluster).Then(tools =>
        {
            var environment = Reach(cluster, connectionString);
            var (exit, said) = PostgresTools.Run([tools.Tool("pg_restore"), "--single-transaction", "--exit-on-error", "--no-password", "--dbname", environment["PGDATABASE"], file], environment);
            return exit == 0 ? Result<bool>.Ok(true) : new Problem("backup.unreadable", $"pg_restore failed, nothing was kept: {said}", "Check that the file is whole and comes from payengine db backup.");
        });
    }

    static Result<PostgresTools> Tools(PrivateCluster? cluster) =>
        PostgresTools.Choose(cluster?.State().Version is { } version ? int.Parse(version, CultureInfo.InvariantCulture) : null);

    static IReadOnlyDictionary<string, string> Reach(PrivateCluster? cluster, string connectionString)
    {
        if (cluster is not null) return cluster.ToolEnvironment(PrivateCluster.Superuser, Database.Name);
        var text = new NpgsqlConnectionStringBuilder(connectionString);
        var environment = new Dictionary<string, string>
        {
            ["PGHOST"] = text.Host ?? "", ["PGPORT"] = text.Port.ToString(CultureInfo.InvariantCulture), ["PGUSER"] = text.Username ?? "", ["PGDATABASE"] = text.Database ?? Database.Name,
        };
        if (text.Password is { Length: > 0 } password) environment["PGPASSWORD"] = password;
        return environment;
    }
}
