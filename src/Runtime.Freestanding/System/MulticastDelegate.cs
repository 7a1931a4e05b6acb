namespace System;

/// <summary>Delegates here have one target: there is no Combine.</summary>
public abstract class MulticastDelegate : Delegate;
