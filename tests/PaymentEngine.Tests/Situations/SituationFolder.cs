using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Situations;

/// <summary>The situation files of the repository.</summary>
static class SituationFolder
{
    public static IReadOnlyList<Situation> All { get; } =
        [.. Repository.Files("tests/PaymentEngine.Tests/Situations", "*.txt").SelectMany(path => SituationFile.Read(Path.GetFileName(path), File.ReadLines(path)))];
}
