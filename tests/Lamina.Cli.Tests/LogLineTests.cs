using Lamina.Cli.Running;

namespace Lamina.Cli.Tests;

public class LogLineTests
{
    [Theory]
    [InlineData("[lamina] up\nvm| login: ", true)]
    [InlineData("vm| ~ # ", true)]
    [InlineData("vm| text\n", false)]
    [InlineData("vm| ", false)]
    [InlineData("[lamina] a| b", false)]
    [InlineData("[firmware] a| b", false)]
    [InlineData("", false)]
    public void A_prompt_is_a_line_that_a_vm_has_not_ended(string log, bool expected) => LogLine.IsPrompt(log, isBare: false).Should().Be(expected);

    [Theory]
    [InlineData("[lamina] up\n~ # ", true)]
    [InlineData("login: ", true)]
    [InlineData("text\n", false)]
    [InlineData("[lamina] up", false)]
    [InlineData("", false)]
    public void Of_a_bare_VM_it_has_no_mark(string log, bool expected) => LogLine.IsPrompt(log, isBare: true).Should().Be(expected);
}
