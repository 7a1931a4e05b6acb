namespace System;

public class FlagsAttribute : Attribute;
