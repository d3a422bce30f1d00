using System.Reflection;
using System.Runtime.InteropServices;
using HybridControl.Gpu.Kernels;
using HybridControl.Symbolics;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;

namespace HybridControl.Gpu.Tests.Kernels;

/// <summary>One definition of a model must run in a kernel: checked on ILGPU's CPU device and by compiling to PTX.</summary>
public sealed class KernelModelEmitterTests
{
    private const int Points = 64;

    [Test]
    public void Emitted_struct_gives_the_interpreters_derivatives_in_a_kernel()
    {
        (ExprProgram flow, int dataCount) = Lorenz();
        KernelModelTypes types = KernelModelEmitter.Emit("lorenz", flow, dataCount);
        MethodInfo run = typeof(KernelModelEmitterTests).GetMethod(nameof(RunKernel), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(types.Model, types.State, types.Data);
        double[] data = [10.0, 28.0, 8.0 / 3.0];
        double[] states = [.. Enumerable.Range(0, 3 * Points).Select(i => Math.Sin(1.0 + i) * 20.0)];
        double[] found = (double[])run.Invoke(null, [states, data])!;
        for (int point = 0; point < Points; point++)
        {
            double[] x = states[(3 * point)..((3 * point) + 3)];
            var registers = new Numerics.Real64[flow.RegisterCount];
            var expected = new Numerics.Real64[3];
            flow.Evaluate(new Numerics.Real64(0.5), MemoryMarshal.Cast<double, Numerics.Real64>(x), data, registers, expected);
            for (int i = 0; i < 3; i++)
            {
                Assert.That(found[(3 * point) + i], Is.EqualTo(expected[i].Value), $"point {point}, derivative {i}");
            }
        }
    }

    [Test]
    public void Emitted_struct_compiles_to_ptx_without_a_device()
    {
        (ExprProgram flow, int dataCount) = Lorenz();
        KernelModelTypes types = KernelModelEmitter.Emit("lorenz-ptx", flow, dataCount);
        MethodInfo kernel = typeof(KernelModelEmitterTests).GetMethod(nameof(Evaluate), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(types.Model, types.State, types.Data);
        using Context context = Context.Create(builder => builder.CPU().Optimize(OptimizationLevel.O1));
        using var backend = new PTXBackend(
            context, new CudaCapabilityContext(CudaArchitecture.SM_90), CudaArchitecture.SM_90, new CudaInstructionSet(8, 4), null);
        var compiled = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromImplicitlyGroupedKernel(kernel), default);
        Assert.That(compiled.PTXAssembly, Does.Contain(".entry").And.Not.Contain(".extern"));
    }

    [Test]
    public void A_function_that_kernels_do_not_have_is_refused_by_name()
    {
        var slots = new SlotMap();
        slots.Add(VariableKind.State, "x");
        ExprProgram flow = ExprProgram.Compile(slots, Expr.Sin(Expr.Variable(VariableKind.State, "x")));
        Assert.That(
            () => KernelModelEmitter.Emit("pendulum", flow, 0),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("pendulum").And.Message.Contains("Sin"));
    }

    private static (ExprProgram Flow, int DataCount) Lorenz()
    {
        var slots = new SlotMap();
        Expr[] x = [State(slots, "x"), State(slots, "y"), State(slots, "z")];
        Expr[] p = [Parameter(slots, "sigma"), Parameter(slots, "rho"), Parameter(slots, "beta")];
        Expr wind = Expr.Select(x[0] >= 0.0, Expr.Sqrt(Expr.Abs(x[1])), Expr.Min(x[2], Expr.Time));
        ExprProgram flow = ExprProgram.Compile(
            slots, p[0] * (x[1] - x[0]), (x[0] * (p[1] - x[2])) - x[1], (x[0] * x[1]) - (p[2] * x[2]) + wind);
        return (flow, slots.DataCount);
    }

    private static Expr State(SlotMap slots, string name)
    {
        slots.Add(VariableKind.State, name);
        return Expr.Variable(VariableKind.State, name);
    }

    private static Expr Parameter(SlotMap slots, string name)
    {
        slots.Add(VariableKind.Parameter, name);
        return Expr.Variable(VariableKind.Parameter, name);
    }

    private static double[] RunKernel<TModel, TState, TData>(double[] states, double[] data)
        where TModel : unmanaged, IKernelModel<TState, TData>
        where TState : unmanaged
        where TData : unmanaged
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using MemoryBuffer1D<TState, Stride1D.Dense> x =
            accelerator.Allocate1D(MemoryMarshal.Cast<double, TState>(states).ToArray());
        using MemoryBuffer1D<TState, Stride1D.Dense> dx = accelerator.Allocate1D<TState>(Points);
        TData block = MemoryMarshal.Cast<double, TData>(data)[0];
        var kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, TModel, TData, ArrayView<TState>, ArrayView<TState>>(
            Evaluate<TModel, TState, TData>);
        kernel(Points, default, block, x.View, dx.View);
        accelerator.Synchronize();
        return MemoryMarshal.Cast<TState, double>(dx.GetAsArray1D()).ToArray();
    }

    private static void Evaluate<TModel, TState, TData>(
        Index1D i, TModel model, TData data, ArrayView<TState> states, ArrayView<TState> derivatives)
        where TModel : unmanaged, IKernelModel<TState, TData>
        where TState : unmanaged
        where TData : unmanaged
    {
        TState x = states[i];
        TState dx = default;
        model.Derivatives(0.5, in x, in data, ref dx);
        derivatives[i] = dx;
    }
}
