namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Neighbouring numbers that a kernel treats at once. Kernels are written once and compiled for each width and precision.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal unsafe interface IPack<TSelf, T>
    where TSelf : struct, IPack<TSelf, T>
    where T : unmanaged
{
    /// <summary>How many numbers.</summary>
    static abstract int Width { get; }

    /// <summary>Packs of a panel of weights: as many as leave registers for six rows of sums.</summary>
    static abstract int PanelPacks { get; }

    /// <summary>One number in every place.</summary>
    static abstract TSelf All(T value);

    /// <summary>A constant of a formula in every place.</summary>
    static abstract TSelf Constant(double value);

    /// <summary>The numbers from an address on.</summary>
    static abstract TSelf Load(T* source);

    /// <summary>Some numbers from an address on, zeros behind them; reads no further.</summary>
    static abstract TSelf LoadPart(T* source, int count);

    /// <summary>Numbers whose upper sixteen bits of single precision are kept.</summary>
    static abstract TSelf LoadBFloat16(ushort* source);

    /// <summary>Whole numbers of eight bits.</summary>
    static abstract TSelf LoadInt8(sbyte* source);

    /// <summary>Writes the numbers from an address on.</summary>
    void Store(T* target);

    /// <summary>Writes the first numbers.</summary>
    void StorePart(T* target, int count);

    /// <summary>Sum.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>Difference.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>Product.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>Quotient.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a * b + c, rounded once where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The greater of the two; b where one of them is no number.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The lesser of the two; b where one of them is no number.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>Absolute value.</summary>
    static abstract TSelf Abs(TSelf a);

    /// <summary>Square root.</summary>
    static abstract TSelf Sqrt(TSelf a);

    /// <summary>Nearest whole number.</summary>
    static abstract TSelf Round(TSelf a);

    /// <summary>a * 2^k for a near one and a whole k; zero or infinity beyond the exponents that there are.</summary>
    static abstract TSelf Scale(TSelf a, TSelf k);

    /// <summary><paramref name="whenTrue"/> where a is less than b.</summary>
    static abstract TSelf Less(TSelf a, TSelf b, TSelf whenTrue, TSelf whenFalse);

    /// <summary>Sum over all places.</summary>
    static abstract T Sum(TSelf a);

    /// <summary>Greatest over all places.</summary>
    static abstract T Greatest(TSelf a);
}
