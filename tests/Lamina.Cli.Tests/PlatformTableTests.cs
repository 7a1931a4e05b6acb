using Lamina.Cli.Testing;

namespace Lamina.Cli.Tests;

public class PlatformTableTests
{
    private static readonly TestResult[] s_results =
    [
        new("Lamina.SystemTests.GuestTests.Finds_all(platform: AmdQemu, name: \"apic\")", "Passed"),
        new("Lamina.SystemTests.GuestTests.Finds_all(platform: AmdBochs, name: \"apic\")", "Failed", "Expected."),
        new("Lamina.SystemTests.GuestTests.Finds_all(platform: IntelBochs, name: \"apic\")", "NotExecuted", "only with --all"),
        new("Lamina.SystemTests.GuestTests.Boots(platform: AmdQemu, boot: Uefi, way: \"a, b\")", "Passed"),
        new("Lamina.SystemTests.GuestTests.Boots(platform: AmdBochs, boot: Uefi, way: \"a, b\")", "NotExecuted", "not possible: it has none"),
        new("Lamina.Core.Tests.Others.Elsewhere(value: 1)", "Passed"),
    ];

    private const string Expected = """
        | test | AMD on QEMU | AMD on Bochs | Intel on Bochs |
        | --- | --- | --- | --- |
        | Guest: Boots (Uefi, a, b) | passed | – [1] |  |
        | Guest: Finds all (apic) | passed | FAILED | --all |

        [1] it has none
        """;

    [Fact]
    public void It_has_a_row_a_test_and_a_column_a_platform() => new PlatformTable(s_results).ToString().Should().Be(Expected);

    [Fact]
    public void Without_such_tests_it_is_empty() => new PlatformTable([s_results[^1]]).IsEmpty.Should().BeTrue();

    [Fact]
    public void It_goes_between_its_marks_again_and_again()
    {
        var table = new PlatformTable(s_results);
        string document = $"before\n{PlatformTable.BlockBegin}\nold\n{PlatformTable.BlockEnd}\nafter\n";
        string wanted = $"before\n{PlatformTable.BlockBegin}\n\n{Expected}\n\n{PlatformTable.BlockEnd}\nafter\n";
        table.Insert(document).Should().Be(wanted);
        table.Insert(wanted).Should().Be(wanted);
        table.Insert("no marks").Should().BeNull();
    }
}
