import { Module } from '@nestjs/common';
import { KyuModule } from 'nestjs-kyu';
import { Handlers } from './handlers.js';
import { readSettings } from './settings.js';

/** An application for `kyu work`: a root module in a file of its own, and no main. */
@Module({ imports: [KyuModule.forRoot(readSettings().kyu)], providers: [Handlers] })
export class AppModule {}

/** No Kyu in it. */
@Module({})
export class BareModule {}
