using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Lamina.Testing;

namespace Lamina.Host.Tests;

public class RemoteLogReportTests
{
    private readonly ConsoleMultiplexer _multiplexer = new();
    private readonly FakeCpu _first = new();
    private readonly RemoteLogReport _report;

    public RemoteLogReportTests() => _report = new RemoteLogReport(new Log(_multiplexer), _first);

    private string Shown() => _multiplexer.Ring.TakeText();

    [Fact]
    public void Lines_reach_the_log_as_if_they_were_written_there()
    {
        _report.Text("fault: ").Text("a null reference was used"u8).EndLine();
        _report.Text("RIP ").Hex(0x1234, 16).EndLine();
        _report.EndLine();
        Shown().Should().BeEmpty("the log is the other CPU's");
        _first.InterruptsSent.Should().Be(1);
        _first.ServeInterrupts();
        string remote = Shown();
        var here = new LogReport(new Log(_multiplexer));
        here.Text("fault: ").Text("a null reference was used"u8).EndLine();
        here.Text("RIP ").Hex(0x1234, 16).EndLine();
        here.EndLine();
        remote.Should().Be(Shown()).And.StartWith("[lamina] error: fault: a null reference was used\n");
    }

    [Fact]
    public void The_longest_report_fits_and_what_does_not_is_counted()
    {
        // Registers, and a stack of as many frames as are told of.
        for (int i = 0; i < 50; i++)
            _report.Text(new string('x', 300)).EndLine();
        _first.ServeInterrupts();
        Shown().Split('\n').Should().HaveCount(51).And.NotContain(line => line.Contains("lost"));
        for (int i = 0; i < 60; i++)
            _report.Text(new string('x', 300)).EndLine();
        _first.ServeInterrupts();
        Shown().Should().EndWith("[lamina] error: 10 lines of the report were lost\n");
    }

    [Fact]
    public async Task From_two_threads_each_line_comes_whole_and_in_order()
    {
        const int Lines = 20_000;
        var faulty = Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Lines; i++)
                    _report.Text("line ").Hex((ulong)i, 8).Text(" ").Text(new string('x', i % 60)).EndLine();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        var clock = Stopwatch.StartNew();
        int last = -1, count = 0, lost = 0;
        while (count + lost < Lines)
        {
            _first.ServeInterrupts();
            foreach (string line in Shown().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                string text = line["[lamina] error: ".Length..];
                if (!text.StartsWith("line "))
                {
                    text.Should().EndWith(" lines of the report were lost");
                    lost += int.Parse(text.Split(' ')[0]);
                    continue;
                }

                int number = Convert.ToInt32(text.Substring(5, 8), 16);
                (number > last).Should().BeTrue();
                text[14..].Should().Be(new string('x', number % 60));
                last = number;
                count++;
            }

            clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(60));
        }

        await faulty;
        (count + lost).Should().Be(Lines);
    }
}
