using Lamina.Core;

namespace Lamina.Devices.Tests;

/// <summary>Counts what was asked for the whole machine.</summary>
public sealed class RecordingControl : MachineControl
{
    public int PowerOffs { get; private set; }

    public int Resets { get; private set; }

    public override void PowerOff() => PowerOffs++;

    public override void Reset() => Resets++;
}
