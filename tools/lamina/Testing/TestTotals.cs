using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace Lamina.Cli.Testing;

/// <summary>What came of tests.</summary>
/// <param name="Results">Each test's.</param>
internal sealed record TestTotals(IReadOnlyList<TestResult> Results)
{
    private static readonly XNamespace Schema = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    internal static TestTotals None { get; } = new([]);

    internal int Failed => Results.Count(result => result.HasFailed);

    /// <summary>Each failure, with its message and stack.</summary>
    internal IEnumerable<string> Failures => Results.Where(result => result.HasFailed).Select(result => result.ToString());

    /// <summary>A project whose run itself broke counts as one failure.</summary>
    internal static TestTotals Broken(string why) => new([new TestResult(why, "Failed")]);

    /// <summary>Reads the results that 'dotnet test' writes with its trx logger.</summary>
    internal static TestTotals Read(Stream trx) => new([.. XDocument.Load(trx).Descendants(Schema + "UnitTestResult").Select(Read)]);

    internal TestTotals Add(TestTotals other) => new([.. Results, .. other.Results]);

    /// <summary>The line that a test run ends with.</summary>
    public override string ToString() => $"{Results.Count(result => result.HasPassed)} passed, {Failed} failed, {Results.Count(result => result.WasSkipped)} skipped";

    private static TestResult Read(XElement result) => new(
        (string?)result.Attribute("testName") ?? "",
        (string?)result.Attribute("outcome") ?? "",
        (string?)result.Descendants(Schema + "Message").FirstOrDefault() ?? "",
        (string?)result.Descendants(Schema + "StackTrace").FirstOrDefault() ?? "");
}
