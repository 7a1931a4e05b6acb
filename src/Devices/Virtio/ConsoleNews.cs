using System;

namespace Lamina.Devices;

/// <summary>What a console's driver has to be told of a port, in the order of the bits, as soon as there is a buffer for it.</summary>
[Flags]
internal enum ConsoleNews : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>That it is there.</summary>
    Add = 1,
    /// <summary>That it is a console.</summary>
    Console = 2,
    /// <summary>Its name.</summary>
    Name = 4,
    /// <summary>That our side is open.</summary>
    Open = 8,
}
