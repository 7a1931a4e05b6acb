using System;
using System.Text;
using Lamina.Cli.Running;

namespace Lamina.Cli.Tests;

public class QuitKeysTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);
    private readonly QuitKeys _keys = new(s_patience);

    private QuitKeys.Wish Type(string text, double seconds) => _keys.Watch(Encoding.Latin1.GetBytes(text), TimeSpan.FromSeconds(seconds));

    [Fact]
    public void The_first_time_it_is_the_machines_and_later_the_emulators()
    {
        Type("q", 0).Should().Be(QuitKeys.Wish.None);
        Type("ls\n\u001Dq", 1).Should().Be(QuitKeys.Wish.SwitchOff);
        Type("\u001Dq", 2).Should().Be(QuitKeys.Wish.SwitchOff, "the machine still has time");
        Type("\u001Dn", 9).Should().Be(QuitKeys.Wish.None);
        Type("\u001Dq", 9).Should().Be(QuitKeys.Wish.EndEmulator);
    }

    [Fact]
    public void Keys_come_in_pieces()
    {
        Type("\u001D", 0).Should().Be(QuitKeys.Wish.None);
        Type("q", 0).Should().Be(QuitKeys.Wish.SwitchOff);
    }

    [Fact]
    public void A_doubled_key_is_the_guests()
    {
        Type("\u001D\u001Dq", 0).Should().Be(QuitKeys.Wish.None);
        Type("\u001D\u001D\u001Dq", 0).Should().Be(QuitKeys.Wish.SwitchOff);
    }
}
