using System.IO;
using System.Text;
using Lamina.Cli.Testing;

namespace Lamina.Cli.Tests;

public class TestTotalsTests
{
    private const string Trx = """
        <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
          <Results>
            <UnitTestResult testName="A.Good" outcome="Passed" />
            <UnitTestResult testName="A.Fine" outcome="Passed" />
            <UnitTestResult testName="A.Bad" outcome="Failed">
              <Output><ErrorInfo><Message>Expected 1.</Message><StackTrace>at A.Bad()</StackTrace></ErrorInfo></Output>
            </UnitTestResult>
            <UnitTestResult testName="A.Later" outcome="NotExecuted" />
            <UnitTestResult testName="A.Hung" outcome="Timeout" />
          </Results>
        </TestRun>
        """;

    [Fact]
    public void Results_are_counted_and_failures_told()
    {
        TestTotals totals = TestTotals.Read(new MemoryStream(Encoding.UTF8.GetBytes(Trx)));
        totals.ToString().Should().Be("2 passed, 2 failed, 1 skipped");
        totals.Failures.Should().Equal("A.Bad\nExpected 1.\nat A.Bad()", "A.Hung");
    }

    [Fact]
    public void Totals_add_up_and_a_broken_run_is_a_failure()
    {
        TestTotals sum = new TestTotals([new("A", "Passed"), new("B", "NotExecuted")]).Add(TestTotals.Broken("it broke"));
        sum.ToString().Should().Be("1 passed, 1 failed, 1 skipped");
        sum.Failures.Should().Equal("it broke");
    }
}
