using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Elementary functions of packs, without branches.</summary>
/// <remarks>
/// Polynomials are best approximations by Remez' exchange, to about 1e-8 in single and 1e-16 in double precision; results are right to one or two
/// units in the last place. Arguments that are no numbers give no numbers.
/// </remarks>
internal static class PackMath<V, T>
    where V : struct, IPack<V, T>
    where T : unmanaged
{
    /// <summary>2^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp2(V x)
    {
        V k = V.Round(x);
        return V.Scale(Exp2Fraction(x - k), k);
    }

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp(V x)
    {
        // Infinite arguments would leave no fraction. log2(e) in two parts: x log2(e) is rounded only after its whole part is gone.
        x = V.Min(V.Constant(typeof(T) == typeof(float) ? 100.0 : 720.0), V.Max(V.Constant(typeof(T) == typeof(float) ? -110.0 : -760.0), x));
        V high = V.Constant(typeof(T) == typeof(float) ? 1.4426950216293335 : 1.4426950408889634);
        V k = V.Round(x * high);
        V r = V.MultiplyAdd(x, high, V.Constant(0.0) - k);
        r = V.MultiplyAdd(x, V.Constant(typeof(T) == typeof(float) ? 1.9259629911266175e-8 : 2.0355273740931033e-17), r);
        return V.Scale(Exp2Fraction(r), k);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid(V x) => V.Constant(1.0) / (V.Constant(1.0) + Exp(V.Constant(0.0) - x));

    /// <summary>ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus(V x) => V.Max(V.Constant(0.0), x) + Log1P(Exp(V.Constant(0.0) - V.Abs(x)));

    /// <summary>ln(1 + u) = 2 artanh(u / (2 + u)) for 0 &lt;= u &lt;= 1, small results to full precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log1P(V u)
    {
        V s = u / (u + V.Constant(2.0));
        V z = s * s;
        V p;
        if (typeof(T) == typeof(float))
        {
            p = Step(V.Constant(0.281783341), z, 0.2796060304);
            p = Step(p, z, 0.4002491025);
            p = Step(p, z, 0.6666631468);
            p = Step(p, z, 2.000000008);
        }
        else
        {
            p = Step(V.Constant(0.170600643693335038), z, 0.083156836066427076);
            p = Step(p, z, 0.121122490486732128);
            p = Step(p, z, 0.133001025165955958);
            p = Step(p, z, 0.153866354524128185);
            p = Step(p, z, 0.181817397879080283);
            p = Step(p, z, 0.2222222411176354);
            p = Step(p, z, 0.285714285449254053);
            p = Step(p, z, 0.400000000001903217);
            p = Step(p, z, 0.666666666666661343);
            p = Step(p, z, 2.0);
        }

        return s * p;
    }

    /// <summary>Hyperbolic tangent: a polynomial below 0.6, 1 - 2 / (e^2|x| + 1) beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh(V x)
    {
        V z = x * x;
        V p;
        if (typeof(T) == typeof(float))
        {
            p = Step(V.Constant(0.01561263002), z, -0.05221180498);
            p = Step(p, z, 0.1331311663);
            p = Step(p, z, -0.3333259751);
        }
        else
        {
            p = Step(V.Constant(0.0000454413484352914587), z, -0.000201584394937369813);
            p = Step(p, z, 0.000573357671923690591);
            p = Step(p, z, -0.00145110099098448884);
            p = Step(p, z, 0.00359125343696662035);
            p = Step(p, z, -0.00886313129197057641);
            p = Step(p, z, 0.0218694808087762404);
            p = Step(p, z, -0.0539682536378448076);
            p = Step(p, z, 0.133333333326318383);
            p = Step(p, z, -0.333333333333281647);
        }

        V near = V.MultiplyAdd(x * z, p, x);
        V a = V.Abs(x);
        V far = V.Constant(1.0) - (V.Constant(2.0) / (Exp(a + a) + V.Constant(1.0)));
        V signed = V.Less(x, V.Constant(0.0), V.Constant(0.0) - far, far);
        return V.Less(a, V.Constant(0.6), near, signed);
    }

    /// <summary>Probability of a standard normal number below x: half of e^(-x^2/2) erfcx(|x| / sqrt 2), or one less it.</summary>
    /// <remarks>erfcx(z) = e^(z^2) erfc(z) is a polynomial in 6 / (3 + z) - 1.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NormalCdf(V x)
    {
        V a = V.Min(V.Constant(typeof(T) == typeof(float) ? 14.0 : 38.0), V.Abs(x));
        V u = (V.Constant(6.0) / V.MultiplyAdd(a, V.Constant(0.70710678118654752), V.Constant(3.0))) - V.Constant(1.0);
        V p;
        if (typeof(T) == typeof(float))
        {
            p = Step(V.Constant(6.899525333e-5), u, -0.0005894491644);
            p = Step(p, u, -0.0007903669959);
            p = Step(p, u, 0.004280877558);
            p = Step(p, u, 0.02441491309);
            p = Step(p, u, 0.07166279528);
            p = Step(p, u, 0.1501134508);
            p = Step(p, u, 0.2456039632);
            p = Step(p, u, 0.3262336387);
            p = Step(p, u, 0.1790011508);
        }
        else
        {
            p = Step(V.Constant(4.37568449643038289e-10), u, 4.30211221467829605e-10);
            p = Step(p, u, -6.30980811768542237e-9);
            p = Step(p, u, 3.58883404594525212e-10);
            p = Step(p, u, 4.31254121255153234e-8);
            p = Step(p, u, -3.00556188960954131e-8);
            p = Step(p, u, -2.31305263720688068e-7);
            p = Step(p, u, 2.95024801187894738e-7);
            p = Step(p, u, 1.25058858115546375e-6);
            p = Step(p, u, -2.12050252398902136e-6);
            p = Step(p, u, -7.97742194214967215e-6);
            p = Step(p, u, 0.0000128604746422065087);
            p = Step(p, u, 0.0000640563846752169819);
            p = Step(p, u, -0.0000452553291998553504);
            p = Step(p, u, -0.000597061922881911288);
            p = Step(p, u, -0.000707746434905335569);
            p = Step(p, u, 0.00426913633059831584);
            p = Step(p, u, 0.0243924993183690323);
            p = Step(p, u, 0.0716658371980774602);
            p = Step(p, u, 0.150115936500787959);
            p = Step(p, u, 0.245603801712329206);
            p = Step(p, u, 0.326233560043037115);
            p = Step(p, u, 0.179001151181389955);
        }

        V tail = V.Constant(0.5) * p * Exp(V.Constant(-0.5) * a * a);
        return V.Less(x, V.Constant(0.0), tail, V.Constant(1.0) - tail);
    }

    /// <summary>2^r for |r| &lt;= 1/2: 1 + r q(r).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Exp2Fraction(V r)
    {
        V q;
        if (typeof(T) == typeof(float))
        {
            q = Step(V.Constant(0.000154697311666931827), r, 0.00133908670328454308);
            q = Step(q, r, 0.00961803078893953048);
            q = Step(q, r, 0.0555035710510823178);
            q = Step(q, r, 0.240226510840071081);
            q = Step(q, r, 0.693147188028941539);
        }
        else
        {
            q = Step(V.Constant(4.45667448825535261e-10), r, 7.07258622439987011e-9);
            q = Step(q, r, 1.01780517342203186e-7);
            q = Step(q, r, 1.32154425864643955e-6);
            q = Step(q, r, 0.0000152527338532669152);
            q = Step(q, r, 0.000154035304417385527);
            q = Step(q, r, 0.00133335581463960176);
            q = Step(q, r, 0.00961812910760688701);
            q = Step(q, r, 0.0555041086648216597);
            q = Step(q, r, 0.240226506959100982);
            q = Step(q, r, 0.693147180559945309);
        }

        return V.MultiplyAdd(q, r, V.Constant(1.0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Step(V p, V x, double coefficient) => V.MultiplyAdd(p, x, V.Constant(coefficient));
}
