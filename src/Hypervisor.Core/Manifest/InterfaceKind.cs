namespace Lamina.Core;

/// <summary>Which end of a wire a network interface is. Zero is none, so that an empty record is refused.</summary>
public enum InterfaceKind : byte
{
    /// <summary>A port, which an interface of another VM may be plugged into. Without a wire its link is down.</summary>
    Port = 1,

    /// <summary>An interface that is plugged into a port of another VM.</summary>
    Plug = 2,
}
