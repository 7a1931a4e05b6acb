namespace Lamina.Host;

/// <summary>How a framebuffer's memory makes a picture.</summary>
public enum PixelFormat : byte
{
    /// <summary>There is no framebuffer.</summary>
    None = 0,

    /// <summary>32 bits a pixel: blue in the lowest byte, then green, red and an unused one.</summary>
    BlueGreenRed = 1,

    /// <summary>32 bits a pixel: red in the lowest byte, then green, blue and an unused one.</summary>
    RedGreenBlue = 2,

    /// <summary>VGA text: 16 bits a cell, the character in the lower byte and its colours in the upper.</summary>
    Text = 3,
}
