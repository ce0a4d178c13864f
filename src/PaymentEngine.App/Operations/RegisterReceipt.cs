using NodaTime;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.App.Operations;

/// <summary>What an import of register files did. Rows of a file = new + changed + unchanged + superseded: nothing is dropped without being said.</summary>
/// <param name="ProvinceCode">The province it went into.</param>
/// <param name="Files">In the order of the command.</param>
/// <param name="VersionsStored">New versions in the register; 0 says that the files brought nothing new.</param>
/// <param name="CommunesMade">Communes that people name and no areas file has described yet.</param>
/// <param name="DeathsWithdrawn">People who were known as dead and no longer are.</param>
/// <param name="KnownFrom">From when the new versions are known.</param>
public sealed record RegisterReceipt(short ProvinceCode, IReadOnlyList<RegisterFileReceipt> Files, long VersionsStored, long CommunesMade, long DeathsWithdrawn, Instant KnownFrom);

/// <summary>One file of an import.</summary>
/// <param name="File">As the person named it.</param>
/// <param name="Kind">What it is, by its header.</param>
/// <param name="Sha256">Digest of its bytes, lower case hex.</param>
/// <param name="Rows">Data rows.</param>
/// <param name="New">Rows whose key the register did not have.</param>
/// <param name="Changed">Rows with other content than the register.</param>
/// <param name="Unchanged">Rows that say what the register says.</param>
/// <param name="Superseded">Rows whose key stands again in the files with later knowledge.</param>
/// <param name="Notices">How many rows look wrong and were taken all the same, by code.</param>
/// <param name="ImportedBefore">When these very bytes were imported before; then nothing was done with them now.</param>
public sealed record RegisterFileReceipt(string File, RegisterFileKind Kind, string Sha256, long Rows, long New, long Changed, long Unchanged, long Superseded,
    IReadOnlyDictionary<string, long> Notices, Instant? ImportedBefore);

/// <summary>What a check of register files found. Problems of the rows are the refusal; this is the answer when there are none.</summary>
/// <param name="Files">Rows and notices of each file.</param>
/// <param name="AgainstStore">Whether the rows were also held against the register in the database.</param>
public sealed record RegisterCheck(IReadOnlyList<RegisterCheckedFile> Files, bool AgainstStore);

/// <summary>One file of a check.</summary>
public sealed record RegisterCheckedFile(string File, RegisterFileKind Kind, long Rows, IReadOnlyDictionary<string, long> Notices);
