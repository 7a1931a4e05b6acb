using System;

namespace Lamina.Core;

/// <summary>How a port is accessed.</summary>
[Flags]
public enum PortAccess : byte
{
    /// <summary>OUT.</summary>
    None = 0,
    /// <summary>IN or INS.</summary>
    In = 1 << 0,
    /// <summary>INS or OUTS: the data is in memory.</summary>
    String = 1 << 1,
    /// <summary>REP: rCX times.</summary>
    Repeat = 1 << 2,
}
