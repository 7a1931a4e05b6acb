using Lamina.Core;

namespace Lamina.Boot;

/// <summary>The console of a VM that has none: what it prints is gone.</summary>
internal sealed class NoConsole : ByteSink
{
    /// <inheritdoc/>
    public override void Write(byte value) { }
}
