using System;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// Between the serial port's input and the VMs': what is typed goes to the VM that has the keyboard, and the host key, Ctrl-], is the hypervisor's own, so that it
/// works with any terminal program at the other end of the line. What follows it is a command:
/// <list type="table">
/// <item><term>n, p</term><description>the keyboard goes to the next, the previous VM</description></item>
/// <item><term>1 to 9</term><description>to that one of the list</description></item>
/// <item><term>b</term><description>shows this VM alone and bare, or all line by line again</description></item>
/// <item><term>l</term><description>lists the VMs</description></item>
/// <item><term>q</term><description>switches the machine off</description></item>
/// <item><term>h, ?</term><description>help</description></item>
/// <item><term>Ctrl-]</term><description>goes to the VM: one Ctrl-]</description></item>
/// </list>
/// <para>
/// Each VM has a queue of its own, so one that takes nothing holds up no other. Only what is typed at the VM with the keyboard makes the sender wait, and not for ever:
/// when it has refused a byte for some ten seconds, what is typed is dropped until it takes again, and the host key behind it is found.
/// </para>
/// </summary>
public sealed class ConsoleSwitch : InputSink
{
    /// <summary>Ctrl-].</summary>
    public const byte HostKey = 0x1D;

    /// <summary>How often in a row a VM may refuse a byte before it is dropped: ten seconds, as the serial port offers it 700 times a second.</summary>
    public const int MostRefusals = 7_000;

    // What waits for a VM is offered again after 1.4 ms, then ever later, as long as it takes none.
    internal const ulong OffersPerSecond = 700;
    internal const int MostBackOff = 6;

    private readonly ConsoleMultiplexer _multiplexer;
    private readonly Log _log;
    private readonly HostKeyActions _actions;
    private readonly Cpu _cpu;
    private readonly ulong _offerTicks;
    private readonly VmConsole[] _consoles;
    private readonly WorkDeadline _work;
    private int _count;
    private VmConsole? _focus;

    // The VM whose bare view ended with it, and comes back with it.
    private VmConsole? _bareAgain;
    private bool _isAfterHostKey;
    private bool _isAsking;
    private int _backOff;
    private int _refusals;

    // Work that a key has left to the deadline. The list is printed a line at a time.
    private byte _command;
    private int _nextListed = int.MaxValue;
    private bool _tellsNobody;
    private bool _hasToldNobody;
    private bool _tellsRefusal;

    /// <summary>Makes the switch. At boot, on the CPU that serves the serial port.</summary>
    /// <param name="multiplexer">What is shown.</param>
    /// <param name="log">Where it answers.</param>
    /// <param name="actions">What it cannot do itself.</param>
    /// <param name="cpu">The CPU; it has one deadline there.</param>
    /// <param name="ticksPerSecond">Of the CPU's TSC.</param>
    /// <param name="capacity">How many VMs there can be.</param>
    public ConsoleSwitch(ConsoleMultiplexer multiplexer, Log log, HostKeyActions actions, Cpu cpu, ulong ticksPerSecond, int capacity)
    {
        _multiplexer = multiplexer;
        _log = log;
        _actions = actions;
        _cpu = cpu;
        _offerTicks = ticksPerSecond / OffersPerSecond;
        _consoles = new VmConsole[capacity];
        _work = new WorkDeadline(this);
    }

    /// <summary>How many VMs it knows.</summary>
    public int Count => _count;

    /// <summary>The VM that has the keyboard: the first that was attached, until another is given it; null while there is none.</summary>
    public VmConsole? Focus => _focus;

    /// <summary>Makes a place for a VM; it allocates. One that has no console is never attached, and is listed all the same.</summary>
    /// <returns>Null when there are as many as there can be.</returns>
    public VmConsole? Add(string name)
    {
        if (_count == _consoles.Length)
            return null;
        var console = new VmConsole(this, _count + 1, name, _multiplexer.Add(name));
        _consoles[_count++] = console;
        return console;
    }

    /// <summary>The place of the VM of that name; null for none.</summary>
    public VmConsole? Find(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_consoles[i].Output.Name.SequenceEqual(name))
                return _consoles[i];
        }

        return null;
    }

    /// <summary>Gives a VM the keyboard, and shows it bare or all line by line.</summary>
    public void GiveKeyboard(VmConsole console, bool bare)
    {
        SetFocus(console);
        _bareAgain = null;
        if (bare)
            _multiplexer.ShowBare(console.Output);
        else
            _multiplexer.ShowLines();
    }

    /// <inheritdoc/>
    public override bool TryWrite(byte value)
    {
        // What was typed behind a command waits until it has its effect.
        if (_command != 0)
            return false;
        if (_isAsking || (_isAfterHostKey && value != HostKey))
        {
            _isAfterHostKey = false;
            _command = value == 0 ? (byte)'?' : value;
            WorkSoon();
            return true;
        }

        if (value == HostKey && !_isAfterHostKey)
        {
            _isAfterHostKey = true;
            return true;
        }

        if (!TryType(value))
            return false;
        _isAfterHostKey = false;
        return true;
    }

    internal void HasAttached(VmConsole console)
    {
        if (_focus == null)
            SetFocus(console);
        if (_focus == console)
            _hasToldNobody = false;
        if (_bareAgain == console)
            GiveKeyboard(console, bare: true);
    }

    internal void HasDetached(VmConsole console)
    {
        if (_focus != console)
            return;
        _refusals = 0;
        if (!_multiplexer.IsBare)
            return;
        _bareAgain = console;
        _multiplexer.ShowLines();
        _log.Answer("console: ").Text(console.Name).Text(" has ended; all VMs line by line").End();
    }

    private bool TryType(byte value)
    {
        if (_focus is not { IsAttached: true } focus)
        {
            _tellsNobody |= !_hasToldNobody;
            if (_tellsNobody)
                WorkSoon();
            return true;
        }

        if (focus.TryType(value))
        {
            _refusals = 0;
            if (focus.HasTyped && !_work.IsArmed)
                _cpu.Arm(_work, _cpu.ReadTsc() + _offerTicks);
            return true;
        }

        if (_refusals < MostRefusals)
        {
            _refusals++;
            return false;
        }

        if (_refusals == MostRefusals)
        {
            _refusals++;
            _tellsRefusal = true;
            WorkSoon();
        }

        return true;
    }

    private void SetFocus(VmConsole console)
    {
        _focus = console;
        _refusals = 0;
        _hasToldNobody = false;
    }

    private void WorkSoon() => _cpu.Arm(_work, _cpu.ReadTsc());

    private void Work(ulong now)
    {
        if (_command != 0)
            Execute();
        else if (_nextListed < _count)
            List(_consoles[_nextListed++], now);
        else if (_tellsNobody)
            TellNobody();
        else if (_tellsRefusal)
            TellRefusal();

        bool taken = false, waits = false;
        for (int i = 0; i < _count; i++)
        {
            taken |= _consoles[i].Deliver();
            waits |= _consoles[i].HasTyped;
        }

        _backOff = taken ? 0 : Math.Min(_backOff + 1, MostBackOff);
        if (_nextListed < _count || _tellsNobody || _tellsRefusal)
            WorkSoon();
        else if (waits)
            _cpu.Arm(_work, now + (_offerTicks << _backOff));
    }

    private void Execute()
    {
        byte command = _command;
        _command = 0;
        if (_isAsking)
        {
            _isAsking = false;
            PowerOff(command is (byte)'y' or (byte)'Y');
            return;
        }

        switch (command)
        {
            case (byte)'n':
                Step(1);
                break;
            case (byte)'p':
                Step(_count - 1);
                break;
            case >= (byte)'1' and <= (byte)'9':
                Choose(command - '1');
                break;
            case (byte)'b':
                ChangeView();
                break;
            case (byte)'l':
                _nextListed = 0;
                break;
            case (byte)'q':
                _isAsking = _actions.AsksBeforePowerOff;
                if (_isAsking)
                    _log.Answer("console: power the machine off? y/n").End();
                else
                    PowerOff(true);
                break;
            case (byte)'h' or (byte)'?':
                _log.Answer("console: Ctrl-] and then: n, p: the keyboard goes to the next, the previous VM; 1 to 9: to that VM; l: lists them").End();
                _log.Answer("console: b: this VM alone and bare, or all line by line; q: switches the machine off; Ctrl-]: sends one to the VM").End();
                break;
            default:
                _log.Answer("console: no such key; Ctrl-] h: help").End();
                break;
        }
    }

    // To the next VM that takes keys; the search begins one step from where the keyboard is.
    private void Step(int step)
    {
        int from = _focus == null ? 0 : _focus.Number - 1;
        for (int i = 1; i <= _count; i++)
        {
            int index = (from + (i * step)) % _count;
            if (!_consoles[index].IsAttached)
                continue;
            Choose(index);
            return;
        }

        _log.Answer("console: no VM takes keys").End();
    }

    private void Choose(int index)
    {
        if (index >= _count || !_consoles[index].IsAttached)
        {
            _log.Answer("console: VM ").Decimal((ulong)index + 1).Text(index < _count ? " takes no keys now" : " is not there").Text("; Ctrl-] l: lists them").End();
            return;
        }

        VmConsole console = _consoles[index];
        GiveKeyboard(console, _multiplexer.IsBare);
        _log.Answer("console: ").Text(console.Name).Text(" has the keyboard").End();
    }

    private void ChangeView()
    {
        if (_multiplexer.IsBare)
        {
            _multiplexer.ShowLines();
            _bareAgain = null;
            _log.Answer("console: all VMs line by line; ").Decimal(_multiplexer.HiddenBytes).Text(" bytes of the others were not shown").End();
        }
        else if (_focus is { IsAttached: true } focus)
        {
            GiveKeyboard(focus, bare: true);
            _log.Answer("console: ").Text(focus.Name).Text(" alone and bare; Ctrl-] b: all again").End();
        }
        else
        {
            _log.Answer("console: the VM with the keyboard does not run").End();
        }
    }

    private void PowerOff(bool isMeant)
    {
        if (!isMeant)
        {
            _log.Answer("console: the machine stays on").End();
            return;
        }

        _multiplexer.ShowLines();
        _log.Answer("console: switching the machine off").End();
        _actions.PowerOff();
    }

    private void List(VmConsole console, ulong now)
    {
        LogLine line = _log.Answer("console ").Decimal((ulong)console.Number).Text(": ").Text(console.Name).Text(", ")
            .Text(_actions.StateOf(console)).Text(console == _focus ? ", has the keyboard" : "").Text(console.IsAttached ? "" : ", takes no keys");
        _actions.WriteTimes(line, console, now);
        line.End();
    }

    private void TellNobody()
    {
        _tellsNobody = false;
        _hasToldNobody = true;
        _log.Answer("console: what is typed goes nowhere: ").Text(_focus == null ? "no VM takes keys" : _focus.Name).Text(_focus == null ? "" : " does not run").Text("; Ctrl-] n: the next VM").End();
    }

    private void TellRefusal()
    {
        _tellsRefusal = false;
        _log.Answer("console: warning: ").Text(_focus == null ? "" : _focus.Name).Text(" does not read what is typed; until it does, that is lost").End();
    }

    private sealed class WorkDeadline(ConsoleSwitch consoleSwitch) : Deadline
    {
        public override void Expire(ulong now) => consoleSwitch.Work(now);
    }
}
