import { connect } from '@treadle/testing';
import {
  Controller,
  createApplication,
  Header,
  MessageMapping,
  type PropertySource,
  SendTo,
  SendToUser,
  silentLogger,
  SubscribeMapping,
} from '../../../src/index';
import type { ControllerClass } from '../../../src/annotation/metadata';
import { findingsOfStart } from '../../findings';

const start = (controller: ControllerClass, properties?: PropertySource) =>
  createApplication({ controllers: [controller], properties, logger: silentLogger });

@Controller()
@MessageMapping('${area}')
class OrderController {
  @MessageMapping('/${orders.path:orders}/{id}')
  @SendTo('${topics}/{id}')
  order(@Header('${headers.trace}', { defaultValue: '${trace:none}' }) trace: string) {
    return trace;
  }
  @MessageMapping('/mine')
  @SendToUser('/queue/${area}')
  mine() {
    return 'mine';
  }
  @SubscribeMapping('/${version}')
  version() {
    return 'version';
  }
}

const properties = { area: 'shop', topics: '/topic/orders', 'headers.trace': 'x-trace', version: 2 };

describe('Spring F12: placeholders in decorators', () => {
  test('of class and method mappings and of @SendTo are resolved before anything is matched', async () => {
    await using application = start(OrderController, properties);
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/orders/7');

    await client.send('/app/shop/orders/7', '', { 'x-trace': 'abc' });

    expect(await inbox.next()).toBe('abc');
  });

  test('of @Header are resolved in name and default', async () => {
    await using application = start(OrderController, { ...properties, trace: 'off' });
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/orders/7');

    await client.send('/app/shop/orders/7', '', { trace: 'abc' });

    expect(await inbox.next()).toBe('off');
  });

  test('of @SendToUser and @SubscribeMapping are resolved', async () => {
    await using application = start(OrderController, properties);
    await using client = await connect(application);
    const version = await client.subscribe('/app/shop/2');
    const mine = await client.subscribe('/user/queue/shop');

    await client.send('/app/shop/mine');

    expect(await version.next()).toBe('version');
    expect(await mine.next()).toBe('mine');
  });

  test('the environment variables are the default', async () => {
    process.env['TREADLE_TEST_AREA'] = 'from-environment';
    @Controller()
    class FromEnvironment {
      @MessageMapping('/${TREADLE_TEST_AREA}') handle() {
        return 'there';
      }
    }
    await using application = start(FromEnvironment);
    delete process.env['TREADLE_TEST_AREA'];
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/from-environment');

    await client.send('/app/from-environment');

    expect(await inbox.next()).toBe('there');
  });

  test('a pattern may come whole from a property, with its variables', async () => {
    @Controller()
    class Whole {
      @MessageMapping('${pattern}') @SendTo('/topic/{room}') handle() {
        return 'there';
      }
    }
    await using application = start(Whole, { pattern: '/rooms/{room:\\w+}' });
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/tea');

    await client.send('/app/rooms/tea');

    expect(await inbox.next()).toBe('there');
  });

  test('a dollar behind a backslash is text', async () => {
    @Controller()
    class Escaped {
      @MessageMapping('/price') @SendTo('/topic/\\$\\${x') handle() {}
    }

    expect(() => start(Escaped)).toThrow(
      "Escaped.handle: the destination '/topic/\\$${x' of @SendTo is malformed; write it as '/topic/{variable}'",
    );
  });
});

describe('a placeholder without value fails the start', () => {
  test('every one is named, with class, method and cure', () => {
    @Controller()
    class Unknown {
      @MessageMapping('/${a}/x') mapped() {}
      @MessageMapping('/b') @SendTo('/topic/${b}') @SendToUser('/queue/${c}') sent() {}
      @MessageMapping('/c') headed(
        @Header('${d}') _name: string,
        @Header('e', { defaultValue: '${e}' }) _value: string,
      ) {}
    }
    const findings = findingsOfStart(() => start(Unknown, {})).join('\n');
    const cure = "which has no value; give it one in the option 'properties'";

    expect(findings).toContain(`Unknown.mapped: the pattern '/\${a}/x' holds the placeholder '\${a}', ${cure}`);
    expect(findings).toContain(`Unknown.sent: @SendTo('/topic/\${b}') holds the placeholder '\${b}', ${cure}`);
    expect(findings).toContain(`Unknown.headed, parameter 0: @Header('\${d}') holds the placeholder '\${d}', ${cure}`);
    expect(findings).toContain(`Unknown.headed, parameter 1: @Header('e') holds the placeholder '\${e}', ${cure}`);
  });

  test('one of the class is told once, and nothing is said of mappings that would be others with it', () => {
    @Controller()
    @MessageMapping('/${area}')
    class Area {
      @MessageMapping('/x') first() {}
      @MessageMapping() second() {}
    }

    expect(() => start(Area, {})).toThrow(
      /^Area: the pattern '\/\$\{area\}' holds the placeholder '\$\{area\}'[^\n]*$/,
    );
  });

  test('one in a method with two mappings is told once', () => {
    @Controller()
    class Both {
      @MessageMapping('/x') @SubscribeMapping('/x') @SendTo('/topic/${b}') both() {}
    }

    expect(() => start(Both, {})).toThrow(/^Both.both: @SendTo[^\n]*$/);
  });
});
