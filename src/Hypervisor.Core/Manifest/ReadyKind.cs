namespace Lamina.Core;

/// <summary>When a VM counts as ready, so that those that come after it may start.</summary>
public enum ReadyKind : byte
{
    /// <summary>As soon as it has started.</summary>
    Started = 0,

    /// <summary>When it writes the line <c>ready</c> to its virtio-console port <c>lamina.ready</c>.</summary>
    Told = 1,
}
