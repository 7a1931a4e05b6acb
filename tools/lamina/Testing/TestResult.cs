namespace Lamina.Cli.Testing;

/// <summary>What came of one test.</summary>
/// <param name="Name">Its full name, a theory's with its arguments.</param>
/// <param name="Outcome">"Passed", "NotExecuted", or else a failure.</param>
/// <param name="Message">Why it failed or was not run.</param>
/// <param name="StackTrace">Where it failed.</param>
internal sealed record TestResult(string Name, string Outcome, string Message = "", string StackTrace = "")
{
    internal bool HasPassed => Outcome == "Passed";

    internal bool WasSkipped => Outcome == "NotExecuted";

    /// <summary>Neither of the two: also a time-out, or a test host that broke.</summary>
    internal bool HasFailed => !HasPassed && !WasSkipped;

    /// <summary>A failure, for a person.</summary>
    public override string ToString() => $"{Name}\n{Message}\n{StackTrace}".TrimEnd();
}
