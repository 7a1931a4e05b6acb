using System.Collections.Generic;
using Lamina.Core;

namespace Lamina.Devices.Tests;

/// <summary>An interrupt bus that remembers what was sent on it.</summary>
public sealed class RecordingBus() : InterruptBus([])
{
    public List<InterruptMessage> Sent { get; } = [];

    public int ExternalChanges { get; private set; }

    /// <summary>Whether somebody takes what is sent.</summary>
    public bool Accepts { get; set; } = true;

    public override bool Send(in InterruptMessage message)
    {
        Sent.Add(message);
        return Accepts;
    }

    public override void ExternalInterruptChanged() => ExternalChanges++;
}
