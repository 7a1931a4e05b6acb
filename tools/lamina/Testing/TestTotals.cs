using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace Lamina.Cli.Testing;

/// <summary>What came of tests.</summary>
/// <param name="Passed">How many passed.</param>
/// <param name="Failed">How many failed.</param>
/// <param name="Skipped">How many were not run.</param>
/// <param name="Failures">Each failure, with its message and stack.</param>
internal sealed record TestTotals(int Passed, int Failed, int Skipped, IReadOnlyList<string> Failures)
{
    private static readonly XNamespace Schema = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    internal static TestTotals None { get; } = new(0, 0, 0, []);

    /// <summary>A project whose run itself broke counts as one failure.</summary>
    internal static TestTotals Broken(string why) => new(0, 1, 0, [why]);

    /// <summary>Reads the results that 'dotnet test' writes with its trx logger.</summary>
    internal static TestTotals Read(Stream trx)
    {
        XElement[] results = [.. XDocument.Load(trx).Descendants(Schema + "UnitTestResult")];
        string Outcome(XElement result) => (string?)result.Attribute("outcome") ?? "";
        XElement[] failed = [.. results.Where(result => Outcome(result) is not ("Passed" or "NotExecuted"))];
        return new TestTotals(
            results.Count(result => Outcome(result) == "Passed"),
            failed.Length,
            results.Count(result => Outcome(result) == "NotExecuted"),
            [.. failed.Select(Describe)]);
    }

    internal TestTotals Add(TestTotals other) =>
        new(Passed + other.Passed, Failed + other.Failed, Skipped + other.Skipped, [.. Failures, .. other.Failures]);

    /// <summary>The line that a test run ends with.</summary>
    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    private static string Describe(XElement result)
    {
        XElement? error = result.Descendants(Schema + "ErrorInfo").FirstOrDefault();
        return $"{(string?)result.Attribute("testName")}\n{(string?)error?.Element(Schema + "Message")}\n{(string?)error?.Element(Schema + "StackTrace")}".TrimEnd();
    }
}
