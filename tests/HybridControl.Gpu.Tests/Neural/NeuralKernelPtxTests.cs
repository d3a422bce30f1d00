using System.Globalization;
using System.Reflection;
using HybridControl.Gpu.Compilation;
using HybridControl.Gpu.Neural.Kernels;

namespace HybridControl.Gpu.Tests.Neural;

/// <summary>Every kernel of layers compiles with no device at hand, calls nothing that is not there and keeps its numbers in registers.</summary>
public sealed class NeuralKernelPtxTests
{
    // What is written for 9.0 asks for 8.0 only: it is the same text for both.
    private const int Capability = 90;

    private static IEnumerable<TestCaseData> Kernels()
    {
        foreach (MethodInfo kernel in Of(typeof(float), typeof(SingleNumbers)).Concat(Of(typeof(double), typeof(DoubleNumbers))))
        {
            string arguments = string.Join(", ", kernel.GetGenericArguments().Select(NameOf));
            yield return new TestCaseData(kernel).SetArgDisplayNames($"{kernel.DeclaringType!.Name}.{kernel.Name}<{arguments}>");
        }
    }

    [TestCaseSource(nameof(Kernels))]
    public void A_kernel_compiles_to_closed_ptx(MethodInfo kernel)
    {
        PtxReport report = PtxCompiler.Compile(kernel, Capability);
        TestContext.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Instructions.Values.Sum()} instructions, {report.Count("ex2")} powers of two, {report.Count("fma.")} fused, {report.Count("ld.shared")} reads of shared memory"));
        TestContext.Out.WriteLine(Ptxas.TryRun(report, Capability, out string summary) ? summary : $"ptxas: {summary}");
        Assert.That(report.Unresolved, Is.Empty);
        Assert.That(report.Recursive, Is.Empty);
        Assert.That(report.LocalBytes, Is.Zero);
    }

    [Test]
    public void A_scan_in_single_precision_takes_one_power_of_two_for_each_state_and_computes_nothing_in_double()
    {
        Type four = typeof(FourStates<float, SingleNumbers>);
        Type sixteen = Twice(Twice(four, typeof(float)), typeof(float));
        PtxReport report = PtxCompiler.Compile(Method(typeof(SelectiveScanKernels), nameof(SelectiveScanKernels.Run), typeof(float), typeof(SingleNumbers), sixteen), Capability);

        // Four tokens in a round: sixteen states, a softplus and a gate each.
        Assert.That(report.Count("ex2"), Is.EqualTo(4 * (16 + 2)));
        Assert.That(report.Count("mul.f64") + report.Count("add.f64") + report.Count("fma.rn.f64"), Is.Zero);
    }

    private static IEnumerable<MethodInfo> Of(Type number, Type numbers)
    {
        Type half = typeof(HalfWeight<,>).MakeGenericType(number, numbers);
        Type bytes = typeof(ByteWeight<,>).MakeGenericType(number, numbers);
        Type native = typeof(NativeWeight<>).MakeGenericType(number);
        foreach (Type weight in new[] { native, half, bytes })
        {
            yield return Method(typeof(GatherKernels), nameof(GatherKernels.Table), number, weight);
            yield return Method(typeof(RowProductKernels), nameof(RowProductKernels.Run), number, weight);
            Type product = typeof(WeightProduct<,>).MakeGenericType(number, weight);
            yield return Product(number, product, typeof(LargeTile), typeof(LargeMicroTile<>));
            yield return Product(number, product, typeof(MediumTile), typeof(MicroTile<>));
        }

        yield return Product(number, typeof(SsdCouplings<>).MakeGenericType(number), typeof(MediumTile), typeof(MicroTile<>));
        foreach (Type product in new[] { typeof(SsdChunkStates<,>), typeof(SsdChunkOutputs<,>) })
        {
            yield return Product(number, product.MakeGenericType(number, numbers), typeof(LargeTile), typeof(LargeMicroTile<>));
            yield return Product(number, product.MakeGenericType(number, numbers), typeof(MediumTile), typeof(MicroTile<>));
        }

        Type states = typeof(FourStates<,>).MakeGenericType(number, numbers);
        for (int size = 4; size <= 64; size *= 2)
        {
            yield return Method(typeof(SelectiveScanKernels), nameof(SelectiveScanKernels.Run), number, numbers, states);
            states = Twice(states, number);
        }

        Type[] rooms = number == typeof(float) ? [typeof(Room2K), typeof(Room4K), typeof(Room6K), typeof(Room9K), typeof(Room12K)] : [typeof(Room2K), typeof(Room4K), typeof(Room6K)];
        foreach (Type room in rooms)
        {
            yield return Method(typeof(AttentionKernels), nameof(AttentionKernels.Run), number, numbers, room);
        }

        foreach (Type type in new[]
        {
            typeof(ElementKernels), typeof(GatherKernels), typeof(NormKernels), typeof(ConvolutionKernels), typeof(SelectiveScanKernels), typeof(SsdKernels),
            typeof(DiagonalScanKernels), typeof(ModalScanKernels), typeof(AttentionKernels),
        })
        {
            foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            {
                switch (method.GetGenericArguments())
                {
                    case [_]:
                        yield return method.MakeGenericMethod(number);
                        break;
                    case [_, { Name: "TNumbers" }]:
                        yield return method.MakeGenericMethod(number, numbers);
                        break;
                }
            }
        }
    }

    private static Type Twice(Type states, Type number) => typeof(TwiceStates<,>).MakeGenericType(number, states);

    private static MethodInfo Product(Type number, Type product, Type tile, Type micro) =>
        Method(typeof(TiledProduct), nameof(TiledProduct.Run), number, product, tile, micro.MakeGenericType(number));

    private static MethodInfo Method(Type type, string name, params Type[] arguments) =>
        type.GetMethod(name, BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(arguments);

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}({string.Join(", ", type.GetGenericArguments().Select(NameOf))})"
        : type.Name;
}
